"""Network interfaces: create and delete."""

import random
from collections.abc import Mapping
from dataclasses import replace

from ec2sim.errors import Ec2Error
from ec2sim.rules import (
    interface_addresses,
    interface_groups,
    interface_views,
    lookup,
    tags,
    unsimulated,
)
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.interface import OWN_TYPES, NetworkInterface
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region

# The types that EC2's model knows for a creation, besides those that are simulated.
OTHER_TYPES = ("efa-only", "branch", "trunk")
# What else a launch may give tags to.
LAUNCHED = ("instance", "volume", "spot-instances-request", "elastic-gpu")
NOT_SIMULATED = (
    "Ipv4Prefixes",
    "Ipv4PrefixCount",
    "Ipv6Addresses",
    "Ipv6AddressCount",
    "Ipv6Prefixes",
    "Ipv6PrefixCount",
    "EnablePrimaryIpv6",
    "ConnectionTrackingSpecification",
    "Operator",
)


@action
def create_network_interface(region: Region, params: Params) -> Reply:
    """CreateNetworkInterface, idempotent by its ClientToken; answers `pending`."""
    token: str | None = params.get("ClientToken")
    told = {"ClientToken": token} if token else {}
    known = _repeated(region, params, token)
    if known is not None:
        return {"NetworkInterface": interface_views.view(region, known), **told}
    subnet = lookup.subnet(region, params["SubnetId"])
    groups = interface_groups.for_new(region, list(params.get("Groups") or ()), subnet)
    named = tags.specified(params, "network-interface")
    row = _build(region, params, subnet, groups, named)
    if token:
        region.tokens["interface", token] = (row.id, _asked(params))
    return {"NetworkInterface": interface_views.created(region, row), **told}


def make(region: Region, params: Params) -> NetworkInterface:
    """The new interface of an instance that is launched, not attached yet."""
    subnet = lookup.subnet(region, params["SubnetId"])
    groups = interface_groups.for_new(
        region, list(params.get("Groups") or ()), subnet, launching=True
    )
    named = tags.specified(params, "network-interface", also=LAUNCHED)
    return _build(region, params, subnet, groups, named)


@action
def delete_network_interface(region: Region, params: Params) -> Reply:
    """DeleteNetworkInterface: only what nothing holds.

    With `stale_s` an interface that was held a moment ago may still be refused.
    """
    row = lookup.interface(region, params["NetworkInterfaceId"])
    if row.attachment is not None or _was_just_held(region, row):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Network interface '{row.id}' is currently in use.",
        )
    remove(region, row, at=region.now)
    return {}


def remove(region: Region, row: NetworkInterface, *, at: float) -> None:
    """Delete an interface: its addresses are free, its Elastic IPs unbound."""
    space = region.spaces[row.subnet_id]
    for private in row.addresses:
        space.give_back(private.address)
        bond = private.association
        if bond is not None and bond.allocation_id is None:
            region.around.lent_pool.give_back(bond.public_ip)
    for address in region.elastic_ips.find("network-interface-id", row.id):
        unbound = replace(
            address, association_id=None, interface_id=None, private_ip=None
        )
        region.elastic_ips.put(unbound, at=at)
    region.interfaces.drop(row.id, at=at)


def mac_address(region: Region) -> str:
    """A hardware address as EC2's look, which no interface of the region has."""
    while True:
        made = _random_mac(region.around.chance)
        if not region.interfaces.count("mac-address", made):
            return made


def private_dns_name(region_name: str, address: str) -> str:
    """The internal name of an address."""
    return f"ip-{address.replace('.', '-')}.{region_name}.compute.internal"


def _was_just_held(region: Region, row: NetworkInterface) -> bool:
    """Whether it was attached at a moment drawn from the last `stale_s` seconds."""
    stale_s = region.around.config.stale_s
    if not stale_s:
        return False
    moment = region.now - region.around.chance.uniform(0, stale_s)
    before = region.interfaces.seen(row.id, at=moment)
    return before is not None and before.attachment is not None


def _asked(params: Params) -> dict[str, object]:
    return {name: params[name] for name in params if name != "DryRun"}


def _repeated(
    region: Region, params: Params, token: str | None
) -> NetworkInterface | None:
    """What an earlier call with this token has made, if it still exists."""
    earlier = region.tokens.get(("interface", token or ""))
    if not token or earlier is None:
        return None
    if earlier[1] != _asked(params):
        raise Ec2Error(
            "IdempotentParameterMismatch",
            "The client token was used with other parameters.",
        )
    return region.interfaces.get(earlier[0])


def _build(
    region: Region,
    params: Params,
    subnet: Subnet,
    groups: interface_groups.Groups,
    named: Mapping[str, str],
) -> NetworkInterface:
    unsimulated.refuse(params, NOT_SIMULATED)
    interface_type = _type(params)
    quota = region.quotas.get("network_interfaces")
    if quota is not None and len(region.interfaces) >= quota:
        raise Ec2Error(
            "NetworkInterfaceLimitExceeded",
            f"Maximum number of network interfaces reached: {quota}",
        )
    addresses = interface_addresses.take(region, subnet, params)
    row = NetworkInterface(
        id=ids.INTERFACE.make(region.around.chance),
        owner_id=region.account_id,
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.id,
        zone=subnet.zone,
        zone_id=subnet.zone_id,
        mac_address=mac_address(region),
        private_dns_name=private_dns_name(region.name, addresses[0].address),
        addresses=addresses,
        groups=groups,
        description=params.get("Description") or "",
        interface_type=interface_type,
        tags=named,
    )
    region.interfaces.put(row, at=region.now)
    return row


def _type(params: Params) -> str:
    asked: str = params.get("InterfaceType") or "interface"
    if asked in OTHER_TYPES:
        raise Ec2Error(
            "UnsupportedOperation", f"Interfaces of type {asked} are not simulated."
        )
    if asked not in OWN_TYPES:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({asked}) for parameter interfaceType is invalid.",
        )
    return asked


def _random_mac(chance: random.Random) -> str:
    return "06:" + ":".join(f"{chance.getrandbits(8):02x}" for _ in range(5))
