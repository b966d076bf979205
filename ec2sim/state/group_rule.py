"""One permission of a security group: one protocol, range of ports, and source."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """A rule; exactly one of `cidr`, `cidr6`, `prefix_list` and `peer_id` is set.

    `protocol` is tcp, udp, icmp, icmpv6, a number, or -1 for all.
    """

    id: str
    group_id: str
    is_egress: bool
    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    cidr: str | None = None
    cidr6: str | None = None
    prefix_list: str | None = None
    peer_id: str | None = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def means(self) -> tuple[object, ...]:
        """What makes two rules of a group the same rule."""
        return (
            self.is_egress,
            self.protocol,
            self.from_port,
            self.to_port,
            self.cidr,
            self.cidr6,
            self.prefix_list,
            self.peer_id,
        )
