"""An Elastic IP: a public address that an account owns."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticIp:
    """An allocated address; the three bonds are set together or not at all.

    `service` is the AWS service that keeps it (alb, nlb, rds …), so that nobody else
    may use it; `reverse_name` is the host name that its reverse record gives.
    """

    id: str
    public_ip: str
    association_id: str | None = None
    interface_id: str | None = None
    private_ip: str | None = None
    service: str | None = None
    reverse_name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
