"""CreateRoute and ReplaceRoute, and what becomes of a route to an interface."""

from typing import Any

from tests.ec2sim.conftest import FLOATING, SPARE, VPC
from tests.ec2sim.contract.house import NOBODY, House

EVERYTHING = "0.0.0.0/0"
SERVICE = "10.77.0.0/16"


def table(house: House) -> str:
    """The main route table of the article's VPC."""
    found = house.call(
        "DescribeRouteTables",
        Filters=[
            {"Name": "vpc-id", "Values": [VPC]},
            {"Name": "association.main", "Values": ["true"]},
        ],
    )
    return str(found["RouteTables"][0]["RouteTableId"])


def route(house: House, table_id: str, destination: str) -> dict[str, Any]:
    """One route of a table."""
    found = house.call("DescribeRouteTables", RouteTableIds=[table_id])
    routes = found["RouteTables"][0]["Routes"]
    shown: list[dict[str, Any]] = [
        each for each in routes if each["DestinationCidrBlock"] == destination
    ]
    return shown[0]


def test_a_route_is_a_blackhole_while_its_interface_is_detached(house: House) -> None:
    rtb = table(house)
    asked = {"RouteTableId": rtb, "DestinationCidrBlock": SERVICE}
    house.call("CreateRoute", NetworkInterfaceId=FLOATING, **asked)
    before = route(house, rtb, SERVICE)["State"]
    house.free()
    between = route(house, rtb, SERVICE)["State"]
    house.attach()
    house.advance(4)

    after = route(house, rtb, SERVICE)

    assert (before, between, after["State"]) == ("active", "blackhole", "active")
    assert after["InstanceId"] == house.interface()["Attachment"]["InstanceId"]


def test_a_replaced_route_points_elsewhere_at_once(every_house: House) -> None:
    house = every_house
    rtb = table(house)
    asked = {"RouteTableId": rtb, "DestinationCidrBlock": SERVICE}
    house.call("CreateRoute", NetworkInterfaceId=SPARE, **asked)

    house.call("ReplaceRoute", NetworkInterfaceId=FLOATING, **asked)

    shown = route(house, rtb, SERVICE)
    assert (shown["NetworkInterfaceId"], shown["State"]) == (FLOATING, "active")


def test_what_may_not_be_routed_is_refused(house: House) -> None:
    rtb = table(house)
    asked: dict[str, Any] = {"RouteTableId": rtb, "DestinationCidrBlock": SERVICE}
    house.call("CreateRoute", NetworkInterfaceId=FLOATING, **asked)
    other = {**asked, "DestinationCidrBlock": "10.78.0.0/16"}
    lost = {**asked, "RouteTableId": f"rtb-{NOBODY}"}

    codes = [
        house.code("CreateRoute", NetworkInterfaceId=SPARE, **asked),
        house.code("ReplaceRoute", NetworkInterfaceId=SPARE, **other),
        house.code("ReplaceRoute", NetworkInterfaceId=f"eni-{NOBODY}", **asked),
        house.code("ReplaceRoute", NetworkInterfaceId=SPARE, **lost),
    ]

    assert codes == [
        "RouteAlreadyExists",
        "InvalidRoute.NotFound",
        "InvalidNetworkInterfaceID.NotFound",
        "InvalidRouteTableID.NotFound",
    ]
