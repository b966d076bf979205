"""The state of the world for a test to judge."""

from typing import Any

from ec2sim.rules import lookup, route_tables
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region
from ec2sim.wire import violations
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
            dumped["violations"] += violations.of_region(region)
    dumped["violations"] += violations.of_world(world.regions())
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
