"""An instance: what EC2 says of it, and what its guest is up to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

STATE_CODES = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance; `guest` (ok, hung, dead) is what only its users would notice."""

    id: str
    reservation_id: str
    image_id: str
    type: str
    zone: str
    subnet_id: str
    vpc_id: str
    state: str
    launch_time: float
    launch_index: int = 0
    key_name: str | None = None
    user_data: str | None = None
    private_dns_name: str = ""
    guest: str = "ok"
    system_status: str = "ok"
    instance_status: str = "ok"
    limit: int | None = None
    transition_reason: str = ""
    state_reason: tuple[str, str] | None = None
    lent_public_ip: bool = False
    source_dest_check: bool = True
    gone_at: float | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The Name tag, or the identifier where there is none."""
        return self.tags.get("Name") or self.id
