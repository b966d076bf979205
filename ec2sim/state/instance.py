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
class MetadataOptions:
    """How the guest may ask for its own metadata."""

    http_tokens: str = "optional"
    http_put_response_hop_limit: int = 1
    http_endpoint: str = "enabled"
    http_protocol_ipv6: str = "disabled"
    instance_metadata_tags: str = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance; `guest` (ok, hung, dead) is what only its users would notice.

    `turn` counts the changes of state, so that a timer knows whether the state that
    it was set for still lasts. `burnt_indexes` are the device indexes that a forced
    detach has left unusable until a stop. Times are seconds since 1970.
    """

    id: str
    reservation_id: str
    image_id: str
    type: str
    zone: str
    subnet_id: str
    vpc_id: str
    state: str
    turn: int = 0
    launch_time: float
    first_launch_time: float | None = None
    has_run: bool = True
    launch_index: int = 0
    client_token: str = ""
    key_name: str | None = None
    user_data: str | None = None
    profile_arn: str | None = None
    private_dns_name: str = ""
    guest: str = "ok"
    system_status: str = "ok"
    instance_status: str = "ok"
    ebs_status: str = "ok"
    impaired_since: Mapping[str, float] = field(default_factory=dict)
    limit: int | None = None
    attach_s: float | None = None
    detach_s: float | None = None
    transition_reason: str = ""
    state_reason: tuple[str, str] | None = None
    lent_public_ip: bool = False
    burnt_indexes: frozenset[int] = frozenset()
    monitored: bool = False
    ebs_optimized: bool = False
    credits: str | None = None
    shutdown_behavior: str = "stop"
    may_not_be_terminated: bool = False
    may_not_be_stopped: bool = False
    metadata: MetadataOptions = MetadataOptions()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The Name tag, or the identifier where there is none."""
        return self.tags.get("Name") or self.id
