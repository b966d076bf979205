"""An Elastic IP: a public address that an account owns."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticIp:
    """An allocated address; the three bonds are set together or not at all."""

    id: str
    public_ip: str
    association_id: str | None = None
    interface_id: str | None = None
    private_ip: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
