"""Assign- and UnassignPrivateIpAddresses."""

from typing import Any

from tests.ec2sim.conftest import FLOATING, SPARE, SUBNET
from tests.ec2sim.contract.house import House

ASSIGN = "AssignPrivateIpAddresses"
UNASSIGN = "UnassignPrivateIpAddresses"
EXTRA = "20.0.1.77"


def addresses(house: House, interface_id: str) -> list[str]:
    """The private addresses of an interface, the primary one first."""
    shown = house.interface(interface_id)["PrivateIpAddresses"]
    return [each["PrivateIpAddress"] for each in shown]


def test_a_secondary_address_moves_with_its_elastic_ip_only_when_allowed(
    every_house: House,
) -> None:
    house = every_house
    here: dict[str, Any] = {"PrivateIpAddresses": [EXTRA]}
    house.call(ASSIGN, NetworkInterfaceId=SPARE, **here)
    elastic = house.call("AllocateAddress", Domain="vpc")["AllocationId"]
    house.call(
        "AssociateAddress",
        AllocationId=elastic,
        NetworkInterfaceId=SPARE,
        PrivateIpAddress=EXTRA,
    )

    assert house.refusal(ASSIGN, NetworkInterfaceId=FLOATING, **here) == (
        "InvalidParameterValue",
        f"[{EXTRA}] assigned, but move is not allowed.",
    )
    house.call(ASSIGN, NetworkInterfaceId=FLOATING, AllowReassignment=True, **here)

    assert addresses(house, FLOATING) == ["20.0.1.25", EXTRA]
    assert EXTRA not in addresses(house, SPARE)
    moved = house.address(elastic)
    assert (moved["NetworkInterfaceId"], moved["PrivateIpAddress"]) == (FLOATING, EXTRA)


def test_an_address_of_its_own_choice_or_ec2s(house: House) -> None:
    reply = house.call(
        ASSIGN, NetworkInterfaceId=FLOATING, SecondaryPrivateIpAddressCount=1
    )

    given = reply["AssignedPrivateIpAddresses"][0]["PrivateIpAddress"]
    assert addresses(house, FLOATING) == ["20.0.1.25", given]
    house.call(UNASSIGN, NetworkInterfaceId=FLOATING, PrivateIpAddresses=[given])
    assert addresses(house, FLOATING) == ["20.0.1.25"]


def test_the_types_limit_of_addresses_holds(house: House) -> None:
    house.call(ASSIGN, NetworkInterfaceId=FLOATING, SecondaryPrivateIpAddressCount=1)

    code = house.code(
        ASSIGN, NetworkInterfaceId=FLOATING, SecondaryPrivateIpAddressCount=1
    )

    assert code == "PrivateIpAddressLimitExceeded"


def test_the_primary_address_never_leaves(house: House) -> None:
    own = house.interface(SPARE)["PrivateIpAddress"]

    code = house.code(UNASSIGN, NetworkInterfaceId=SPARE, PrivateIpAddresses=[own])
    stolen = house.code(
        ASSIGN,
        NetworkInterfaceId=FLOATING,
        PrivateIpAddresses=[own],
        AllowReassignment=True,
    )

    assert code == "InvalidParameterValue"
    assert stolen in ("InvalidParameterValue", "Resource.AlreadyAssigned")
    assert addresses(house, SPARE) == [own]


def test_an_unassigned_address_is_free_for_another(house: House) -> None:
    house.call(ASSIGN, NetworkInterfaceId=SPARE, PrivateIpAddresses=[EXTRA])
    refused = house.code(
        "CreateNetworkInterface", SubnetId=SUBNET, PrivateIpAddress=EXTRA
    )
    house.call(UNASSIGN, NetworkInterfaceId=SPARE, PrivateIpAddresses=[EXTRA])

    made = house.create(PrivateIpAddress=EXTRA)

    assert refused == "InvalidIPAddress.InUse"
    assert addresses(house, made) == [EXTRA]
    code = house.code(UNASSIGN, NetworkInterfaceId=SPARE, PrivateIpAddresses=[EXTRA])
    assert code == "InvalidParameterValue"


def test_an_address_outside_the_subnet_is_refused(house: House) -> None:
    code = house.code(
        ASSIGN, NetworkInterfaceId=FLOATING, PrivateIpAddresses=["10.1.2.3"]
    )

    assert code == "InvalidParameterValue"
