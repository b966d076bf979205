"""Secondary private addresses: assign, move within a subnet, unassign."""

from dataclasses import replace

from ec2sim.errors import Ec2Error
from ec2sim.rules import (
    elastic_ips,
    instance_types,
    interface_addresses,
    interface_attributes,
    lookup,
    unsimulated,
)
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state.interface import NetworkInterface, PrivateAddress
from ec2sim.state.region import Region

NOT_SIMULATED = ("Ipv4Prefixes", "Ipv4PrefixCount")
# Of an interface that no instance holds; EC2 names no number for it.
MOST_UNATTACHED = 50


@action
def assign_private_ip_addresses(region: Region, params: Params) -> Reply:
    """AssignPrivateIpAddresses: by address or by count, at once, all or none.

    With AllowReassignment an address that is secondary on another interface of the
    subnet moves here, and its Elastic IP with it.
    """
    unsimulated.refuse(params, NOT_SIMULATED)
    row = lookup.interface(region, params["NetworkInterfaceId"])
    chosen, count = _asked(params)
    interface_attributes.check_may_change(row)
    new = [address for address in chosen if not _has_already(row, address)]
    _check_limit(region, row, len(row.addresses) + len(new) + count)
    may_move = bool(params.get("AllowReassignment"))
    moving = _coming(region, row, new, may_move=may_move)
    space = region.spaces[row.subnet_id]
    if space.free < count:
        raise interface_addresses.none_free()
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
            {"PrivateIpAddress": address}
            for address in (*chosen, *(private.address for private in drawn))
        ],
    }


@action
def unassign_private_ip_addresses(region: Region, params: Params) -> Reply:
    """UnassignPrivateIpAddresses: secondary ones only; their Elastic IPs are free."""
    unsimulated.refuse(params, NOT_SIMULATED)
    row = lookup.interface(region, params["NetworkInterfaceId"])
    chosen = list(dict.fromkeys(params.get("PrivateIpAddresses") or ()))
    if not chosen:
        raise Ec2Error(
            "MissingParameter",
            "One of privateIpAddresses or ipv4Prefixes must be specified.",
        )
    interface_attributes.check_may_change(row)
    for address in chosen:
        if not row.has(address):
            raise Ec2Error(
                "InvalidParameterValue",
                f"Some of the specified addresses are not assigned to interface "
                f"{row.id}",
            )
        if address == row.private_ip:
            raise Ec2Error(
                "InvalidParameterValue",
                f"Value ({address}) for parameter privateIpAddress is invalid. The "
                "primary IP address of an interface cannot be unassigned.",
            )
    for bound in region.elastic_ips.find("network-interface-id", row.id):
        if bound.private_ip in chosen:
            elastic_ips.unbind(region, bound, at=region.now)
    for address in chosen:
        region.spaces[row.subnet_id].give_back(address)
    _leave(region, row.id, set(chosen))
    return {}


def _asked(params: Params) -> tuple[list[str], int]:
    """The addresses, each once, or their number. Raises Ec2Error for both or none."""
    chosen = list(dict.fromkeys(params.get("PrivateIpAddresses") or ()))
    count: int | None = params.get("SecondaryPrivateIpAddressCount")
    if chosen and count is not None:
        raise Ec2Error(
            "InvalidParameterCombination",
            "You may specify one and only one of privateIpAddressSet or "
            "secondaryPrivateIpAddressCount or ipv4Prefixes or ipv4PrefixCount, but "
            "not more than one of them.",
        )
    if count is not None:
        interface_addresses.check_count(count)
    elif not chosen:
        raise Ec2Error(
            "InvalidParameterCombination",
            "One of privateIpAddressSet or privateIpAddressCount or ipv4PrefixSet or "
            "ipv4PrefixCount must be specified.",
        )
    return chosen, count or 0


def _has_already(row: NetworkInterface, address: str) -> bool:
    """Whether it is here as a secondary one; the primary cannot be both."""
    if address == row.private_ip:
        raise Ec2Error(
            "Resource.AlreadyAssigned",
            f"The address {address} is the primary one of {row.id} already.",
        )
    return row.has(address)


def _check_limit(region: Region, row: NetworkInterface, wanted: int) -> None:
    instance = region.instances.get(row.instance_id or "")
    most = (
        MOST_UNATTACHED if instance is None else instance_types.limits(instance.type)[1]
    )
    if wanted > most:
        raise Ec2Error(
            "PrivateIpAddressLimitExceeded",
            f"{row.id}: Number of private addresses will exceed limit.",
        )


def _coming(
    region: Region, row: NetworkInterface, new: list[str], *, may_move: bool
) -> list[PrivateAddress]:
    """The addresses as they will be on `row`. Raises Ec2Error if one may not come."""
    subnet = lookup.subnet(region, row.subnet_id)
    coming, denied = [], []
    for address in new:
        interface_addresses.check_written(address)
        owned = _elsewhere(region, row, address)
        if owned is None:
            interface_addresses.check_free(region, subnet, address)
            coming.append(PrivateAddress(address=address))
        elif owned.primary or not may_move:
            denied.append(address)
        else:
            coming.append(owned)
    if denied:
        raise Ec2Error(
            "InvalidParameterValue",
            f"[{', '.join(denied)}] assigned, but move is not allowed.",
        )
    return coming


def _elsewhere(
    region: Region, row: NetworkInterface, address: str
) -> PrivateAddress | None:
    """The address as another interface of the subnet has it."""
    for other in region.interfaces.find("addresses.private-ip-address", address):
        if other.subnet_id != row.subnet_id:
            continue
        for private in other.addresses:
            if private.address == address:
                return private
    return None


def _take_over(region: Region, row: NetworkInterface, private: PrivateAddress) -> None:
    region.spaces[row.subnet_id].take(private.address)
    for other in region.interfaces.find(
        "addresses.private-ip-address", private.address
    ):
        if other.subnet_id == row.subnet_id:
            _leave(region, other.id, {private.address})


def _follow(region: Region, row: NetworkInterface, private: PrivateAddress) -> None:
    """Let the Elastic IP of an address that has moved know where it is now."""
    bond = private.association
    if bond is None or bond.allocation_id is None:
        return
    address = region.elastic_ips.get(bond.allocation_id)
    if address is not None:
        region.elastic_ips.put(replace(address, interface_id=row.id), at=region.now)
        region.note(
            at=region.now, resource=address.id, to="associated", on=row.instance_id
        )


def _leave(region: Region, interface_id: str, leaving: set[str]) -> None:
    row = region.interfaces.get(interface_id)
    if row is None:
        return
    left = tuple(each for each in row.addresses if each.address not in leaving)
    region.interfaces.put(replace(row, addresses=left), at=region.now)
