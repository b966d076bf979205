"""The private addresses of a new interface, and what may be one."""

from collections.abc import Mapping
from ipaddress import AddressValueError, IPv4Address
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules.actions import Params
from ec2sim.state.interface import PrivateAddress
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region


def take(region: Region, subnet: Subnet, params: Params) -> tuple[PrivateAddress, ...]:
    """The addresses of a new interface out of its subnet, the primary one first.

    Nothing stays taken when one of them is refused.
    """
    primary, secondary = _chosen(params)
    count = _count(params)
    chosen = [address for address in (primary, *secondary) if address]
    for address in chosen:
        check_free(region, subnet, address)
    if len(set(chosen)) < len(chosen):
        raise in_use()
    space = region.spaces[subnet.id]
    if space.free < 1 + len(secondary) + count:
        raise none_free()
    for address in chosen:
        space.take(address)
    first = primary or space.take_next() or ""
    others = [*secondary, *(space.take_next() or "" for _ in range(count))]
    return (
        PrivateAddress(address=first, primary=True),
        *(PrivateAddress(address=address) for address in others),
    )


def check_free(region: Region, subnet: Subnet, address: str) -> None:
    """Refuse an address that is wrong, outside the subnet, kept by EC2, or taken."""
    space = region.spaces[subnet.id]
    check_written(address)
    if not space.covers(address):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Address {address} does not fall within the subnet's address range",
        )
    if not space.holds(address):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Address {address} is in subnet's reserved address range",
        )
    if space.is_taken(address):
        raise in_use()


def check_written(address: str) -> None:
    """Refuse what is not an IPv4 address."""
    try:
        IPv4Address(address)
    except AddressValueError as error:
        raise Ec2Error(
            "InvalidParameterValue", f"invalid value for parameter address: {address}"
        ) from error


def check_count(count: int) -> None:
    """Refuse to add no address, or less."""
    if count <= 0:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({count}) for parameter secondaryPrivateIpAddressCount is invalid. "
            "Value must be a positive number.",
        )


def in_use() -> Ec2Error:
    """The refusal of an address that somebody has."""
    return Ec2Error(
        "InvalidIPAddress.InUse", "The specified address is already in use."
    )


def none_free() -> Ec2Error:
    """The refusal of a subnet that is full."""
    return Ec2Error(
        "InsufficientFreeAddressesInSubnet",
        "The specified subnet does not have enough free addresses to satisfy the "
        "request.",
    )


def _chosen(params: Params) -> tuple[str | None, list[str]]:
    """The primary address, if one was chosen, and the secondary ones."""
    primary: str | None = params.get("PrivateIpAddress") or None
    secondary: list[str] = []
    entries: list[Mapping[str, Any]] = list(params.get("PrivateIpAddresses") or ())
    for entry in entries:
        address = entry.get("PrivateIpAddress")
        if not address:
            raise Ec2Error(
                "MissingParameter",
                "The request must contain the parameter privateIpAddress",
            )
        if not entry.get("Primary"):
            secondary.append(address)
            continue
        if primary is not None:
            raise Ec2Error(
                "InvalidParameterCombination",
                "Only one primary private IP address can be specified.",
            )
        primary = address
    return primary, secondary


def _count(params: Params) -> int:
    count: int | None = params.get("SecondaryPrivateIpAddressCount")
    if count is None:
        return 0
    check_count(count)
    if len(params.get("PrivateIpAddresses") or ()) > 1:
        raise Ec2Error(
            "InvalidParameterCombination",
            "The parameter secondaryPrivateIpAddressCount cannot be used with the "
            "parameter privateIpAddresses",
        )
    return count
