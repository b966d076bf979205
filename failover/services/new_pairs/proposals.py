"""Pairs that EC2 tags describe: `failover:pair` names them, `failover:role` the ends.

Read from the mirror. A tag proposes and decides nothing: a person chooses, and what is
chosen is looked at in EC2 as every new pair is.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from failover import wiring
from failover.engine.topology import Observation
from failover.models import Instance, NetworkInterface, Pair, Region
from failover.services import creation, facts, queries, refusals
from failover.services.new_pairs import choices
from failover.services.pair_settings import NewPair

PAIR, ROLE = "failover:pair", "failover:role"
PRIMARY, STANDBY = "primary", "standby"
NAME = re.compile(r"\A(?!new\Z)[a-z0-9][a-z0-9-]{0,62}\Z")
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What one value of the tag describes. `why_not` empty: it can be asked for."""

    name: str
    primary: str
    standby: str
    interface: str
    why_not: str
    new: NewPair | None


def propose(region: Region) -> list[Proposal]:
    """By name; what is tagged in part is shown with what it lacks."""
    instances: dict[str, list[Instance]] = defaultdict(list)
    interfaces: dict[str, list[NetworkInterface]] = defaultdict(list)
    for instance in queries.list_instances().filter(region=region, tags__has_key=PAIR):
        instances[str(instance.tags[PAIR])].append(instance)
    tagged = queries.list_interfaces().filter(region=region, tags__has_key=PAIR)
    for interface in tagged:
        # A primary one often inherits the tags of its instance; it never moves.
        if interface.device_index != 0:
            interfaces[str(interface.tags[PAIR])].append(interface)
    names = sorted({*instances, *interfaces})[:MOST]
    taken = set(Pair.objects.filter(name__in=names).values_list("name", flat=True))
    read = [
        _proposal(name, instances[name], interfaces[name], is_taken=name in taken)
        for name in names
    ]
    return _judged(region, read)


def _judged(region: Region, read: list[Proposal]) -> list[Proposal]:
    """Each with what its creation would say, were EC2 as it was last seen."""
    shadows = [p.new.as_row(region) for p in read if p.new is not None]
    if not shadows:
        return read
    seen = facts.read(region=region, pairs=shadows, now=wiring.now()).seen
    found = []
    for one in read:
        why_not = _refusal(one.new, region, seen) if one.new is not None else ""
        found.append(replace(one, why_not=why_not, new=None) if why_not else one)
    return found


def _refusal(new: NewPair, region: Region, seen: Observation) -> str:
    try:
        creation.require_room(creation.judge(new=new, region=region, seen=seen))
    except refusals.PreflightFailed as refusal:
        return refusal.detail
    return ""


def _proposal(
    name: str,
    instances: list[Instance],
    interfaces: list[NetworkInterface],
    *,
    is_taken: bool,
) -> Proposal:
    ends = {
        role: [i.instance_id for i in instances if i.tags.get(ROLE) == role]
        for role in (PRIMARY, STANDBY)
    }
    moved = [i.interface_id for i in interfaces]
    why_not = _lacking(name, ends, moved)
    if is_taken:
        why_not = "There is a pair of this name already."
    elif not why_not:
        why_not = _objection(interfaces[0], ends)
    new = None
    if not why_not:
        new = NewPair(
            name=name,
            primary_instance_id=ends[PRIMARY][0],
            standby_instance_id=ends[STANDBY][0],
            network_interface_id=moved[0],
            device_index=interfaces[0].device_index or 1,
        )
    return Proposal(
        name=name,
        primary=", ".join(ends[PRIMARY]),
        standby=", ".join(ends[STANDBY]),
        interface=", ".join(moved),
        why_not=why_not,
        new=new,
    )


def _lacking(name: str, ends: dict[str, list[str]], moved: list[str]) -> str:
    if not NAME.match(name):
        return (
            f"The value of {PAIR} is no name of a pair: lower-case letters, digits and"
            " hyphens, and not “new”."
        )
    for role, found in ends.items():
        if len(found) != 1:
            return f"{len(found)} instances have {ROLE} = {role}; one is needed."
    if len(moved) != 1:
        return f"{len(moved)} secondary interfaces have the tag; one is needed."
    return ""


def _objection(interface: NetworkInterface, ends: dict[str, list[str]]) -> str:
    """What the mirror already says against it."""
    asked = [("network_interface_id", interface.interface_id)]
    asked += [(f"{role}_instance_id", found[0]) for role, found in ends.items()]
    for field, id in asked:
        why_not = choices.find_objection(
            region_id=interface.region_id,
            field=field,
            id=id,
            strategy="eni",
            interface_id=interface.interface_id,
        )
        if why_not:
            return f"{id}: {why_not}"
    return ""
