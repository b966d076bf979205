"""The public addresses that EC2 lends to running instances."""

from dataclasses import replace

from ec2sim.rules import lookup
from ec2sim.state.interface import Association
from ec2sim.state.region import Region


def lend(region: Region, instance_id: str, *, at: float) -> None:
    """Give a starting instance a public address, if its row wants one.

    None comes to an instance with more than one interface, as the guide to interfaces
    says, nor where an Elastic IP is on the primary address already.
    """
    row = region.instances.get(instance_id)
    held = lookup.held_by(region, instance_id)
    if row is None or not row.lent_public_ip or len(held) != 1:
        return
    first = held[0].addresses[0]
    if first.association is not None:
        return
    public_ip = region.around.lent_pool.take_next()
    if public_ip is None:
        return
    shown = replace(first, association=Association(public_ip=public_ip))
    addresses = (shown, *held[0].addresses[1:])
    region.interfaces.put(replace(held[0], addresses=addresses), at=at)


def take_back(region: Region, instance_id: str, *, at: float) -> None:
    """Take the lent addresses of an instance; Elastic IPs stay."""
    for interface in lookup.held_by(region, instance_id):
        first = interface.addresses[0]
        lent = first.association
        if lent is None or lent.allocation_id is not None:
            continue
        region.around.lent_pool.give_back(lent.public_ip)
        addresses = (replace(first, association=None), *interface.addresses[1:])
        region.interfaces.put(replace(interface, addresses=addresses), at=at)
