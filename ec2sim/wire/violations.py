"""What must never be seen in the state, in sentences; none when all is well.

Each rule reads the rows anew and trusts no index, counter or other end of a bond.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

from ec2sim.rules import instance_types
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.interface import Attachment
from ec2sim.state.region import Region

BOND_STATES = ("attaching", "attached", "detaching")


def of_region(region: Region) -> list[str]:
    """Everything that is wrong within a region. The caller holds the lock."""
    found = list(_of_attachments(region))
    found += _of_slots(region)
    found += _of_instances(region)
    found += _of_private_addresses(region)
    found += _of_elastic_ips(region)
    found += _of_indexes(region)
    found += _of_history(region)
    return found


def of_world(regions: Iterable[Region]) -> list[str]:
    """Everything that is wrong between regions: public addresses are the world's."""
    shown: list[str] = []
    allocated: list[str] = []
    for region in regions:
        for row in list(region.interfaces):
            shown += [
                each.association.public_ip
                for each in row.addresses
                if each.association is not None
            ]
        allocated += [each.public_ip for each in list(region.elastic_ips)]
    found = [f"{ip} is on {n} interfaces" for ip, n in _repeated(shown)]
    return found + [f"{ip} is allocated {n} times" for ip, n in _repeated(allocated)]


def _of_attachments(region: Region) -> Iterable[str]:
    for row in region.interfaces:
        bond = row.attachment
        if bond is None:
            continue
        if bond.status not in BOND_STATES:
            yield f"{row.id} is {bond.status}, which no attachment can be"
        if bond.instance_id is None:
            continue
        holder = region.instances.get(bond.instance_id)
        if holder is None or holder.state == "terminated":
            yield f"{row.id} is held by {bond.instance_id}, which is gone"
        elif holder.zone != row.zone:
            yield f"{row.id} is held across zones by {holder.id}"
    bonds = [row.attachment.id for row in region.interfaces if row.attachment]
    for bond_id, times in _repeated(bonds):
        yield f"{bond_id} is used {times} times"


def _of_slots(region: Region) -> Iterable[str]:
    slots = [
        (bond.instance_id, bond.network_card_index, bond.device_index)
        for bond in _bonds(region)
        if bond.instance_id is not None
    ]
    for (instance_id, card, index), times in _repeated(slots):
        where = f"device index {index}" + (f" of card {card}" if card else "")
        yield f"{instance_id} has {times} interfaces at {where}"


def _of_instances(region: Region) -> Iterable[str]:
    held: Counter[str] = Counter()
    primaries: set[str] = set()
    for bond in _bonds(region):
        if bond.instance_id is not None:
            held[bond.instance_id] += 1
            if bond.device_index == 0:
                primaries.add(bond.instance_id)
    for instance in region.instances:
        limit = instance_types.interface_limit(instance)
        # A limit set by a control may come after the interfaces.
        if instance.limit is None and held[instance.id] > limit:
            yield f"{instance.id} has {held[instance.id]} interfaces of {limit}"
        if instance.state != "terminated" and instance.id not in primaries:
            yield f"{instance.id} has no primary interface"


def _of_private_addresses(region: Region) -> Iterable[str]:
    used = [
        (row.subnet_id, each.address)
        for row in region.interfaces
        for each in row.addresses
    ]
    for (subnet_id, address), times in _repeated(used):
        yield f"{address} is {times} times in {subnet_id}"
    for subnet_id, address in used:
        space = region.spaces.get(subnet_id)
        if space is None:
            yield f"{address} is in {subnet_id}, which is gone"
        elif not space.is_taken(address):
            yield f"{address} is used in {subnet_id} and free at once"
    for row in region.interfaces:
        if [each.primary for each in row.addresses].count(True) != 1:
            yield f"{row.id} has not one primary address"
    yield from _of_spaces(region, set(used))


def _of_spaces(region: Region, used: set[tuple[str, str]]) -> Iterable[str]:
    counted = Counter(subnet_id for subnet_id, _ in used)
    for subnet_id, space in region.spaces.items():
        # EC2 keeps the first four addresses of a subnet and the last.
        taken = space.network.num_addresses - 5 - space.free
        if taken > counted[subnet_id]:
            missing = taken - counted[subnet_id]
            yield f"{subnet_id} has lost {missing} addresses that nobody uses"


def _of_elastic_ips(region: Region) -> Iterable[str]:
    """Both ends of every association must tell the same."""
    bound = [
        (address.interface_id, address.private_ip)
        for address in region.elastic_ips
        if address.interface_id is not None
    ]
    for (interface_id, private_ip), times in _repeated(bound):
        yield f"{private_ip} of {interface_id} has {times} Elastic IPs"
    told: dict[str, list[str]] = {}
    for row in region.interfaces:
        for each in row.addresses:
            if each.association is not None and each.association.allocation_id:
                told.setdefault(each.association.allocation_id, []).append(row.id)
    for address in region.elastic_ips:
        yield from _of_association(region, address, told.pop(address.id, []))
    for allocation_id, interface_ids in told.items():
        yield f"{allocation_id} is shown on {interface_ids}, and is not allocated"


def _of_association(
    region: Region, address: ElasticIp, told: list[str]
) -> Iterable[str]:
    parts = (address.association_id, address.interface_id, address.private_ip)
    if len({part is None for part in parts}) > 1:
        yield f"{address.id} is associated by halves"
    expected = [] if address.interface_id is None else [address.interface_id]
    if told != expected:
        yield f"{address.id} should be on {expected}, is shown on {told}"
        return
    row = region.interfaces.get(address.interface_id or "")
    if row is None:
        return
    shown = [
        (each.association.association_id, each.association.public_ip)
        for each in row.addresses
        if each.address == address.private_ip and each.association is not None
    ]
    if shown != [(address.association_id, address.public_ip)]:
        yield f"{address.id} is not on {address.private_ip} of {row.id}"


def _of_indexes(region: Region) -> Iterable[str]:
    """An index that lies would let one interface be found on two instances."""
    actual: dict[str, list[str]] = {}
    for row in region.interfaces:
        if row.instance_id is not None:
            actual.setdefault(row.instance_id, []).append(row.id)
    for instance in region.instances:
        found = region.interfaces.find("attachment.instance-id", instance.id)
        listed = sorted(row.id for row in found)
        if listed != sorted(actual.get(instance.id, [])):
            yield f"{instance.id} is said to hold {listed}"


def _of_history(region: Region) -> Iterable[str]:
    """The state is where the logged transitions have led.

    So no interface is available that was attached and never let go.
    """
    told = region.around.journal.latest
    for row in region.interfaces:
        state = "available" if row.attachment is None else row.attachment.status
        last = told(row.id)
        if last is not None and last != state:
            yield f"{row.id} is {state}, and was last seen to become {last}"
    for instance in region.instances:
        last = told(instance.id)
        if last is not None and last != instance.state:
            yield f"{instance.id} is {instance.state}, and was last {last}"


def _bonds(region: Region) -> Iterable[Attachment]:
    return [row.attachment for row in region.interfaces if row.attachment is not None]


def _repeated(values: Iterable[Hashable]) -> list[tuple[Any, int]]:
    return [(value, times) for value, times in Counter(values).items() if times > 1]
