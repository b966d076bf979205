"""The state of the world for a test to judge, with the rules that never break."""

from collections import Counter
from typing import Any

from ec2sim.rules import instance_types, lookup, route_tables
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region
from ec2sim.world import World


def state(world: World) -> dict[str, Any]:
    """Every account and region together, by identifier."""
    dumped: dict[str, Any] = {
        "interfaces": {},
        "addresses": {},
        "instances": {},
        "routes": {},
        "violations": [],
    }
    world.settle()
    for region in world.regions():
        with world.account(region.account_id).lock:
            _region(region, dumped)
            dumped["violations"] += violations(region)
    shown = [ip for each in dumped["interfaces"].values() for ip in each["public_ips"]]
    for public_ip, times in Counter(shown).items():
        if times > 1:
            dumped["violations"].append(f"{public_ip} is on {times} interfaces")
    return dumped


def _region(region: Region, dumped: dict[str, Any]) -> None:
    for row in region.interfaces:
        dumped["interfaces"][row.id] = _interface(row)
    for address in region.elastic_ips:
        holder = region.interfaces.get(address.interface_id or "")
        dumped["addresses"][address.id] = {
            "public_ip": address.public_ip,
            "association_id": address.association_id,
            "network_interface_id": address.interface_id,
            "private_ip": address.private_ip,
            "instance_id": None if holder is None else holder.instance_id,
        }
    for instance in region.instances:
        dumped["instances"][instance.id] = {
            "name": instance.tags.get("Name"),
            "state": instance.state,
            "availability_zone": instance.zone,
            "guest": instance.guest,
            "system_status": instance.system_status,
            "instance_status": instance.instance_status,
            "interfaces": [row.id for row in lookup.held_by(region, instance.id)],
        }
    for table in region.route_tables:
        dumped["routes"][table.id] = [
            {
                "destination": route.destination,
                "target": route.interface_id or route.gateway_id,
                "state": route_tables.state_of(region, route),
            }
            for route in table.routes
        ]


def _interface(row: NetworkInterface) -> dict[str, Any]:
    bond = row.attachment
    return {
        "status": row.status,
        "instance_id": row.instance_id,
        "attachment_id": None if bond is None else bond.id,
        "attachment_status": None if bond is None else bond.status,
        "device_index": None if bond is None else bond.device_index,
        "delete_on_termination": None if bond is None else bond.delete_on_termination,
        "private_ips": [private.address for private in row.addresses],
        "public_ips": [
            private.association.public_ip
            for private in row.addresses
            if private.association is not None
        ],
        "account": row.owner_id,
    }


def violations(region: Region) -> list[str]:
    """What must never be seen in a region, in sentences; empty when all is well."""
    found: list[str] = []
    slots: Counter[tuple[str, int]] = Counter()
    bonds: Counter[str] = Counter()
    private: Counter[tuple[str, str]] = Counter()
    for row in region.interfaces:
        private.update((row.subnet_id, each.address) for each in row.addresses)
        bond = row.attachment
        if bond is None:
            continue
        bonds[bond.id] += 1
        if bond.instance_id is None:
            continue
        slots[bond.instance_id, bond.device_index] += 1
        holder = region.instances.get(bond.instance_id)
        if holder is None or holder.state == "terminated":
            found.append(f"{row.id} is held by {bond.instance_id}, which is gone")
        elif holder.zone != row.zone:
            found.append(f"{row.id} is held across zones by {holder.id}")
    found += [f"{each} is used {n} times" for each, n in bonds.items() if n > 1]
    found += [
        f"{instance_id} has {n} interfaces at device index {index}"
        for (instance_id, index), n in slots.items()
        if n > 1
    ]
    found += [
        f"{address} is {n} times in {subnet_id}"
        for (subnet_id, address), n in private.items()
        if n > 1
    ]
    return found + _bond_violations(region) + _limit_violations(region)


def _bond_violations(region: Region) -> list[str]:
    """Both ends of every Elastic IP's association must tell the same."""
    found = []
    for address in region.elastic_ips:
        rows = region.interfaces.find("association.allocation-id", address.id)
        told = [row.id for row in rows]
        expected = [] if address.interface_id is None else [address.interface_id]
        if told != expected:
            found.append(f"{address.id} should be on {expected}, is shown on {told}")
    return found


def _limit_violations(region: Region) -> list[str]:
    found = []
    for instance in region.instances:
        held = region.interfaces.find("attachment.instance-id", instance.id)
        limit = instance_types.interface_limit(instance)
        if instance.limit is None and len(held) > limit:
            found.append(f"{instance.id} has {len(held)} interfaces of {limit}")
    return found
