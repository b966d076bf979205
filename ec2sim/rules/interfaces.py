"""Network interfaces: create, change, delete."""

import random
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import AddressValueError, IPv4Address
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import interface_views, lookup, tags
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.interface import NetworkInterface, PrivateAddress
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region


@action
def create_network_interface(region: Region, params: Params) -> Reply:
    """CreateNetworkInterface, idempotent by its ClientToken."""
    token = params.get("ClientToken")
    asked = {name: params[name] for name in params if name != "DryRun"}
    earlier = region.tokens.get(("interface", token or ""))
    if token and earlier is not None:
        if earlier[1] != asked:
            raise Ec2Error(
                "IdempotentParameterMismatch",
                "The client token was used with other parameters.",
            )
        known = region.interfaces.get(earlier[0])
        if known is not None:
            return {"NetworkInterface": interface_views.created(region, known)}
    row = make(region, params)
    if token:
        region.tokens["interface", token] = (row.id, asked)
    return {"NetworkInterface": interface_views.created(region, row)}


def make(region: Region, params: Params) -> NetworkInterface:
    """A new, unattached interface with its addresses taken from its subnet."""
    subnet = lookup.subnet(region, params["SubnetId"])
    groups = lookup.groups(
        region, list(params.get("Groups") or ()), vpc_id=subnet.vpc_id
    )
    named = tags.specified(params, "network-interface")
    quota = region.quotas.get("network_interfaces")
    if quota is not None and len(region.interfaces) >= quota:
        raise Ec2Error(
            "NetworkInterfaceLimitExceeded",
            f"Maximum number of network interfaces reached: {quota}",
        )
    addresses = _take_addresses(region, subnet, params)
    row = NetworkInterface(
        id=ids.INTERFACE.make(region.around.chance),
        owner_id=region.account_id,
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.id,
        zone=subnet.zone,
        zone_id=subnet.zone_id,
        mac_address=mac_address(region.around.chance),
        private_dns_name=private_dns_name(region.name, addresses[0].address),
        addresses=addresses,
        groups=groups,
        description=params.get("Description") or "",
        tags=named,
    )
    region.interfaces.put(row, at=region.now)
    return row


@action
def delete_network_interface(region: Region, params: Params) -> Reply:
    """DeleteNetworkInterface: only what nothing holds."""
    row = lookup.interface(region, params["NetworkInterfaceId"])
    if row.attachment is not None:
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


@action
def modify_network_interface_attribute(region: Region, params: Params) -> Reply:
    """ModifyNetworkInterfaceAttribute: one attribute in each call."""
    row = lookup.interface(region, params["NetworkInterfaceId"])
    names = ("Attachment", "Description", "Groups", "SourceDestCheck")
    given = [name for name in names if params.get(name) is not None]
    if not given:
        raise Ec2Error("MissingParameter", "No attribute to modify was given.")
    if len(given) > 1:
        raise Ec2Error(
            "InvalidParameterCombination",
            "Fields for multiple attribute types specified: " + ", ".join(given),
        )
    region.interfaces.put(_modified(region, row, params, given[0]), at=region.now)
    return {}


def _modified(
    region: Region, row: NetworkInterface, params: Params, name: str
) -> NetworkInterface:
    if name == "Groups":
        groups = lookup.groups(region, list(params["Groups"]), vpc_id=row.vpc_id)
        return replace(row, groups=groups)
    if name == "Description":
        return replace(row, description=params["Description"].get("Value") or "")
    if name == "SourceDestCheck":
        return replace(row, source_dest_check=params["SourceDestCheck"]["Value"])
    wanted: Mapping[str, Any] = params["Attachment"]
    bond_id = wanted.get("AttachmentId") or ""
    if row.attachment is None or row.attachment.id != bond_id:
        raise ids.ATTACHMENT.missing(bond_id)
    flag = wanted.get("DeleteOnTermination")
    if flag is None:
        return row
    bond = replace(row.attachment, delete_on_termination=flag)
    return replace(row, attachment=bond)


def _take_addresses(
    region: Region, subnet: Subnet, params: Params
) -> tuple[PrivateAddress, ...]:
    """The addresses of a new interface, the primary one first.

    Nothing stays taken when one of them is refused.
    """
    entries = list(params.get("PrivateIpAddresses") or ())
    primary: str | None = params.get("PrivateIpAddress")
    secondary = []
    for entry in entries:
        if entry.get("Primary"):
            primary = entry.get("PrivateIpAddress")
        else:
            secondary.append(entry.get("PrivateIpAddress"))
    count = params.get("SecondaryPrivateIpAddressCount") or 0
    chosen = [address for address in (primary, *secondary) if address]
    for address in chosen:
        check_free(region, subnet, address)
    if len(set(chosen)) < len(chosen):
        raise in_use()
    space = region.spaces[subnet.id]
    if space.free < 1 + len(secondary) + count:
        raise Ec2Error(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses to satisfy the "
            "request.",
        )
    for address in chosen:
        space.take(address)
    first = primary or space.take_next() or ""
    others = [*secondary, *(space.take_next() or "" for _ in range(count))]
    return (
        PrivateAddress(address=first, primary=True),
        *(PrivateAddress(address=address) for address in others),
    )


def check_free(region: Region, subnet: Subnet, address: str) -> None:
    """Refuse an address that is wrong, outside the subnet, or taken."""
    try:
        IPv4Address(address)
    except AddressValueError as error:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({address}) for parameter privateIpAddress is invalid.",
        ) from error
    space = region.spaces[subnet.id]
    if not space.holds(address):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Address {address} does not fall within the subnet's address range",
        )
    if space.is_taken(address):
        raise in_use()


def in_use() -> Ec2Error:
    """The refusal of an address that somebody has."""
    return Ec2Error(
        "InvalidIPAddress.InUse", "The specified address is already in use."
    )


def mac_address(chance: random.Random) -> str:
    """A hardware address as EC2's look."""
    return "06:" + ":".join(f"{chance.getrandbits(8):02x}" for _ in range(5))


def private_dns_name(region_name: str, address: str) -> str:
    """The internal name of an address."""
    return f"ip-{address.replace('.', '-')}.{region_name}.compute.internal"
