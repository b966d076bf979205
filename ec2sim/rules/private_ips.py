"""Secondary private addresses: assign, move within a subnet, unassign."""

from dataclasses import replace

from ec2sim.errors import Ec2Error
from ec2sim.rules import elastic_ips, instance_types, interfaces, lookup
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state.interface import NetworkInterface, PrivateAddress
from ec2sim.state.region import Region


@action
def assign_private_ip_addresses(region: Region, params: Params) -> Reply:
    """AssignPrivateIpAddresses: by address or by count.

    With AllowReassignment an address that is secondary on another interface of the
    subnet moves here, and its Elastic IP with it.
    """
    row = lookup.interface(region, params["NetworkInterfaceId"])
    chosen: list[str] = list(params.get("PrivateIpAddresses") or ())
    count: int = params.get("SecondaryPrivateIpAddressCount") or 0
    if bool(chosen) == bool(count):
        raise Ec2Error(
            "InvalidParameterCombination",
            "Either privateIpAddress or secondaryPrivateIpAddressCount is required.",
        )
    mine = [private.address for private in row.addresses]
    new = [address for address in dict.fromkeys(chosen) if address not in mine]
    _check_limit(region, row, len(mine) + len(new) + count)
    may_move = bool(params.get("AllowReassignment"))
    moving = [_coming(region, row, address, may_move=may_move) for address in new]
    space = region.spaces[row.subnet_id]
    if space.free < count:
        raise Ec2Error(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses.",
        )
    for private in moving:
        _take_over(region, row, private)
    drawn = [PrivateAddress(address=space.take_next() or "") for _ in range(count)]
    grown = (*row.addresses, *moving, *drawn)
    region.interfaces.put(replace(row, addresses=grown), at=region.now)
    for private in moving:
        _follow(region, row, private)
    return {
        "NetworkInterfaceId": row.id,
        "AssignedPrivateIpAddresses": [
            {"PrivateIpAddress": private.address} for private in (*moving, *drawn)
        ],
    }


@action
def unassign_private_ip_addresses(region: Region, params: Params) -> Reply:
    """UnassignPrivateIpAddresses: secondary ones only; their Elastic IPs are free."""
    row = lookup.interface(region, params["NetworkInterfaceId"])
    chosen: list[str] = list(params.get("PrivateIpAddresses") or ())
    secondary = {private.address for private in row.addresses if not private.primary}
    if not chosen:
        raise Ec2Error(
            "MissingParameter",
            "The request must contain the parameter privateIpAddress",
        )
    for address in chosen:
        if address not in secondary:
            raise Ec2Error(
                "InvalidParameterValue",
                f"Some of the specified addresses are not assigned to interface "
                f"{row.id}: {address}",
            )
    for bound in region.elastic_ips.find("network-interface-id", row.id):
        if bound.private_ip in chosen:
            elastic_ips.unbind(region, bound, at=region.now)
    for address in chosen:
        region.spaces[row.subnet_id].give_back(address)
    _leave(region, row.id, set(chosen))
    return {}


def _check_limit(region: Region, row: NetworkInterface, wanted: int) -> None:
    instance = region.instances.get(row.instance_id or "")
    most = 50 if instance is None else instance_types.limits(instance.type)[1]
    if wanted > most:
        raise Ec2Error(
            "PrivateIpAddressLimitExceeded",
            f"Number of private addresses will exceed limit of {most}.",
        )


def _coming(
    region: Region, row: NetworkInterface, address: str, *, may_move: bool
) -> PrivateAddress:
    """The address as it will be on `row`. Raises Ec2Error if it may not come."""
    subnet = lookup.subnet(region, row.subnet_id)
    for other in region.interfaces.find("addresses.private-ip-address", address):
        if other.subnet_id != row.subnet_id:
            continue
        for private in other.addresses:
            if private.address == address and not private.primary and may_move:
                return private
        raise Ec2Error(
            "InvalidParameterValue", f"[{address}] assigned, but move is not allowed."
        )
    interfaces.check_free(region, subnet, address)
    return PrivateAddress(address=address)


def _take_over(region: Region, row: NetworkInterface, private: PrivateAddress) -> None:
    region.spaces[row.subnet_id].take(private.address)
    for other in region.interfaces.find(
        "addresses.private-ip-address", private.address
    ):
        if other.subnet_id == row.subnet_id:
            _leave(region, other.id, {private.address})


def _follow(region: Region, row: NetworkInterface, private: PrivateAddress) -> None:
    bond = private.association
    if bond is None or bond.allocation_id is None:
        return
    address = region.elastic_ips.get(bond.allocation_id)
    if address is not None:
        region.elastic_ips.put(replace(address, interface_id=row.id), at=region.now)


def _leave(region: Region, interface_id: str, leaving: set[str]) -> None:
    row = region.interfaces.get(interface_id)
    if row is None:
        return
    left = tuple(each for each in row.addresses if each.address not in leaving)
    region.interfaces.put(replace(row, addresses=left), at=region.now)
