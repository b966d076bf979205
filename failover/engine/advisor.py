"""Which strategies two instances allow, and what each keeps and loses.

Pure: facts in, advice out. The outage to expect is measured, so services add it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from failover.engine.job import Strategy
from failover.engine.preflight import Check
from failover.engine.sight import DYING
from failover.engine.topology import Instance, Interface, InterfaceId

Interfaces = Mapping[InterfaceId, Interface]


class Trait(StrEnum):
    """What clients and operators may hold on to through a swap."""

    PRIVATE_IP = "private_ip"
    PUBLIC_IP = "public_ip"
    MAC = "mac"
    SECURITY_GROUPS = "security_groups"
    CONNECTIONS = "connections"
    # No software in the guest has to notice that the address has come.
    GUEST_UNAWARE = "guest_unaware"
    ACROSS_ZONES = "across_zones"


# Connections end with every strategy: their state stays on the instance that is left.
KEEPS: Mapping[Strategy, frozenset[Trait]] = {
    Strategy.ENI: frozenset(
        {Trait.PRIVATE_IP, Trait.PUBLIC_IP, Trait.MAC, Trait.SECURITY_GROUPS}
    ),
    Strategy.EIP: frozenset({Trait.PUBLIC_IP, Trait.GUEST_UNAWARE, Trait.ACROSS_ZONES}),
    Strategy.PRIVATE_IP: frozenset({Trait.PRIVATE_IP, Trait.PUBLIC_IP}),
    Strategy.ROUTE: frozenset({Trait.PRIVATE_IP, Trait.ACROSS_ZONES}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a strategy means for these two instances."""

    strategy: Strategy
    checks: tuple[Check, ...]
    keeps: tuple[Trait, ...]
    loses: tuple[Trait, ...]

    @property
    def is_possible(self) -> bool:
        return all(c.ok for c in self.checks if c.severity == "error")

    @property
    def reasons(self) -> tuple[Check, ...]:
        """What stands in the way, and what should be known before."""
        return tuple(c for c in self.checks if not c.ok)


def advise(
    *,
    primary: Instance,
    standby: Instance,
    interfaces: Interfaces,
    floating: Interface | None = None,
    device_index: int = 1,
    own_index: int = 0,
) -> tuple[Advice, ...]:
    """One advice a strategy, in the order of `Strategy`.

    `interfaces` are those of both instances as far as they are known; `floating` is
    the network interface to be moved by `eni`, if one is chosen already, and
    `device_index` where it would go; the others move to the interface that each
    instance has of its own at `own_index`.
    """
    pair = (primary, standby)
    ends = [_find_end(instance, interfaces, own_index) for instance in pair]
    checks = {
        Strategy.ENI: _check_eni(pair, floating, device_index),
        Strategy.EIP: _check_eip(pair, ends),
        Strategy.PRIVATE_IP: _check_private_ip(pair, ends),
        Strategy.ROUTE: _check_route(pair, ends),
    }
    return tuple(
        Advice(
            strategy=strategy,
            checks=(*_check_states(pair), *checks[strategy]),
            keeps=tuple(t for t in Trait if t in KEEPS[strategy]),
            loses=tuple(t for t in Trait if t not in KEEPS[strategy]),
        )
        for strategy in Strategy
    )


def _find_end(
    instance: Instance, interfaces: Interfaces, own_index: int
) -> Interface | None:
    found = (
        interfaces.get(slot.interface_id)
        for slot in instance.slots
        if slot.device_index == own_index
    )
    return next(found, None)


def _name(instance: Instance) -> tuple[str, str]:
    return ("instance", instance.id)


def _check_states(pair: Sequence[Instance]) -> list[Check]:
    """A stopped standby can be started; a terminated one never comes back."""
    return [
        Check(
            code="target_state",
            ok=instance.state not in DYING,
            args=(_name(instance), ("state", instance.state)),
        )
        for instance in pair
    ]


def _check_zone(pair: Sequence[Instance], home: str) -> Check:
    away = next((i for i in pair if i.availability_zone != home), pair[-1])
    return Check(
        code="same_zone",
        ok=away.availability_zone == home,
        args=(
            _name(away),
            ("interface_zone", home),
            ("instance_zone", away.availability_zone),
        ),
    )


def _check_vpc(pair: Sequence[Instance], home: str) -> Check:
    away = next((i for i in pair if i.vpc_id != home), pair[-1])
    return Check(code="same_vpc", ok=away.vpc_id == home, args=(_name(away),))


def _check_eni(
    pair: Sequence[Instance], floating: Interface | None, device_index: int
) -> list[Check]:
    zone = floating.availability_zone if floating else pair[0].availability_zone
    vpc = floating.vpc_id if floating else pair[0].vpc_id
    found = [_check_zone(pair, zone), _check_vpc(pair, vpc)]
    for instance in pair:
        own = floating.id if floating else None
        others = [s for s in instance.slots if s.interface_id != own]
        limit = instance.interface_limit
        index = ("index", str(device_index))
        taken = any(s.device_index == device_index for s in others)
        counts = (("count", str(len(others))), ("limit", str(limit)))
        found += [
            Check(code="free_index", ok=not taken, args=(_name(instance), index)),
            Check(
                code="free_slot",
                ok=limit is None or len(others) < limit,
                args=(_name(instance), *counts),
            ),
        ]
    return found


def _check_ends(
    pair: Sequence[Instance], ends: Sequence[Interface | None]
) -> list[Check]:
    return [
        Check(code="target_interface", ok=end is not None, args=(_name(instance),))
        for instance, end in zip(pair, ends, strict=True)
    ]


def _check_eip(
    pair: Sequence[Instance], ends: Sequence[Interface | None]
) -> list[Check]:
    """One private address may carry the moving Elastic IP; two would displace one."""
    found = _check_ends(pair, ends)
    primaries = [a for end in ends if end for a in end.addresses if a.primary]
    riders = [a for a in primaries if a.allocation_id]
    lent = [a.public_ip for a in primaries if a.public_ip and not a.allocation_id]
    last = riders[-1] if riders else None
    args = (
        _name(pair[-1]),
        ("private_ip", last.address if last else ""),
        ("rider", (last.allocation_id or "") if last else ""),
    )
    return [
        *found,
        Check(code="addresses", ok=len(riders) < len(pair), args=args),
        Check(
            code="public_ip",
            ok=not lent,
            severity="warning",
            args=(_name(pair[-1]), ("public_ip", ", ".join(lent))),
        ),
    ]


def _check_private_ip(
    pair: Sequence[Instance], ends: Sequence[Interface | None]
) -> list[Check]:
    subnets = [end.subnet_id for end in ends if end]
    first = subnets[0] if subnets else ""
    return [
        *_check_ends(pair, ends),
        _check_zone(pair, pair[0].availability_zone),
        Check(
            code="same_subnet",
            ok=all(subnet == first for subnet in subnets),
            args=(_name(pair[-1]), ("subnet", first)),
        ),
    ]


def _check_route(
    pair: Sequence[Instance], ends: Sequence[Interface | None]
) -> list[Check]:
    checking = [end.id for end in ends if end and end.source_dest_check]
    return [
        *_check_ends(pair, ends),
        _check_vpc(pair, pair[0].vpc_id),
        Check(
            code="source_dest_check",
            ok=not checking,
            args=(_name(pair[-1]), ("interfaces", ", ".join(checking))),
        ),
    ]
