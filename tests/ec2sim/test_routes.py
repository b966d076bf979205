"""Routes: made, replaced and removed, and lost in a black hole."""

from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, PRIMARY, SPARE, STANDBY, SUBNET, VPC, Sim

OTHER_VPC = "vpc-2ef9cd49"
SERVICE = "10.99.0.0/24"


@pytest.fixture
def table(sim: Sim) -> str:
    """The main route table of the article's VPC."""
    return main_table(sim, VPC)


def main_table(sim: Sim, vpc_id: str) -> str:
    """The main route table of a VPC."""
    mine = [
        {"Name": "vpc-id", "Values": [vpc_id]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    found = sim.ec2.describe_route_tables(Filters=mine)["RouteTables"]
    return str(found[0]["RouteTableId"])


def route(sim: Sim, table: str, destination: str = SERVICE) -> dict[str, Any]:
    """A route as EC2 describes it."""
    found = sim.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    return next(
        each for each in found["Routes"] if each["DestinationCidrBlock"] == destination
    )


def create(sim: Sim, table: str, **target: Any) -> None:
    """A route to the service's addresses."""
    sim.ec2.create_route(RouteTableId=table, DestinationCidrBlock=SERVICE, **target)


def test_a_route_is_a_blackhole_while_its_interface_is_detached(
    sim: Sim, table: str
) -> None:
    create(sim, table, NetworkInterfaceId=FLOATING)
    held = route(sim, table)
    assert (held["State"], held["InstanceId"]) == ("active", PRIMARY)
    assert held["Origin"] == "CreateRoute"

    sim.detach()
    assert route(sim, table)["State"] == "active"
    sim.advance(3)
    free = route(sim, table)
    assert free["State"] == "blackhole"
    assert "InstanceId" not in free
    assert free["NetworkInterfaceId"] == FLOATING

    sim.attach()
    sim.advance(2)
    again = route(sim, table)
    assert (again["State"], again["InstanceId"]) == ("active", STANDBY)


def test_a_route_is_a_blackhole_when_its_interface_is_deleted(
    sim: Sim, table: str
) -> None:
    create(sim, table, NetworkInterfaceId=SPARE)

    sim.ec2.delete_network_interface(NetworkInterfaceId=SPARE)

    assert route(sim, table)["State"] == "blackhole"
    by_state = [{"Name": "route.state", "Values": ["blackhole"]}]
    found = sim.ec2.describe_route_tables(Filters=by_state)["RouteTables"]
    assert [each["RouteTableId"] for each in found] == [table]


def test_a_route_is_a_blackhole_while_the_instance_is_stopped(
    sim: Sim, table: str
) -> None:
    create(sim, table, NetworkInterfaceId=FLOATING)
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(3)
    assert route(sim, table)["State"] == "blackhole"

    sim.ec2.start_instances(InstanceIds=[PRIMARY])
    sim.advance(2)

    assert route(sim, table)["State"] == "active"


def test_a_route_moves_to_another_interface(sim: Sim, table: str) -> None:
    create(sim, table, NetworkInterfaceId=FLOATING)

    sim.ec2.replace_route(
        RouteTableId=table,
        DestinationCidrBlock=SERVICE,
        NetworkInterfaceId="eni-7d37fb4c",
    )

    shown = route(sim, table)
    assert shown["NetworkInterfaceId"] == "eni-7d37fb4c"
    assert shown["InstanceId"] == STANDBY
    assert sim.control("state")["routes"][table][-1]["target"] == "eni-7d37fb4c"


def test_a_destination_is_kept_in_its_canonical_form(sim: Sim, table: str) -> None:
    sim.ec2.create_route(
        RouteTableId=table,
        DestinationCidrBlock="100.68.0.18/18",
        NetworkInterfaceId=FLOATING,
    )

    assert route(sim, table, "100.68.0.0/18")["NetworkInterfaceId"] == FLOATING
    refusal = sim.refusal(
        sim.ec2.delete_route, RouteTableId=table, DestinationCidrBlock="100.68.0.18/18"
    )
    assert refusal[0] == "InvalidRoute.NotFound"


def test_an_instance_stands_for_its_only_interface(sim: Sim, table: str) -> None:
    code, message = sim.refusal(
        sim.ec2.create_route,
        RouteTableId=table,
        DestinationCidrBlock=SERVICE,
        InstanceId=PRIMARY,
    )
    assert code == "InvalidInstanceID"
    assert message.startswith("There are multiple interfaces attached to instance")

    create(sim, table, InstanceId=STANDBY)

    assert route(sim, table)["NetworkInterfaceId"] == "eni-7d37fb4c"


def test_a_destination_has_one_route(sim: Sim, table: str) -> None:
    create(sim, table, NetworkInterfaceId=FLOATING)
    asked: dict[str, Any] = {"RouteTableId": table, "NetworkInterfaceId": SPARE}

    assert sim.refusal(sim.ec2.create_route, DestinationCidrBlock=SERVICE, **asked) == (
        "RouteAlreadyExists",
        f"The route identified by {SERVICE} already exists.",
    )
    assert sim.refusal(
        sim.ec2.replace_route, DestinationCidrBlock="10.98.0.0/24", **asked
    ) == (
        "InvalidRoute.NotFound",
        f"no route with destination-cidr-block 10.98.0.0/24 in route table {table}",
    )


def test_a_route_is_deleted_once(sim: Sim, table: str) -> None:
    create(sim, table, NetworkInterfaceId=FLOATING)
    asked = {"RouteTableId": table, "DestinationCidrBlock": SERVICE}

    sim.ec2.delete_route(**asked)

    assert sim.refusal(sim.ec2.delete_route, **asked)[0] == "InvalidRoute.NotFound"


def test_the_local_route_stays(sim: Sim, table: str) -> None:
    local = {"RouteTableId": table, "DestinationCidrBlock": "20.0.0.0/16"}

    assert sim.refusal(sim.ec2.delete_route, **local) == (
        "InvalidParameterValue",
        f"cannot remove local route 20.0.0.0/16 in route table {table}",
    )
    assert sim.refusal(sim.ec2.replace_route, NetworkInterfaceId=FLOATING, **local)[
        0
    ] == ("InvalidParameterValue")
    sim.ec2.replace_route(LocalTarget=True, **local)
    assert sim.refusal(sim.ec2.create_route, NetworkInterfaceId=FLOATING, **local)[
        0
    ] == ("RouteAlreadyExists")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"DestinationCidrBlock": SERVICE}, "MissingParameter"),
        ({"NetworkInterfaceId": FLOATING}, "MissingParameter"),
        (
            {"DestinationCidrBlock": "ten", "NetworkInterfaceId": FLOATING},
            "InvalidParameterValue",
        ),
        (
            {"DestinationCidrBlock": "10.9.9.9", "NetworkInterfaceId": FLOATING},
            "InvalidParameterValue",
        ),
        (
            {
                "DestinationCidrBlock": SERVICE,
                "NetworkInterfaceId": FLOATING,
                "InstanceId": STANDBY,
            },
            "InvalidParameterCombination",
        ),
        (
            {
                "DestinationCidrBlock": SERVICE,
                "NetworkInterfaceId": "eni-0123456789abcdef0",
            },
            "InvalidNetworkInterfaceID.NotFound",
        ),
        (
            {"DestinationCidrBlock": SERVICE, "GatewayId": FLOATING},
            "InvalidGatewayID.NotFound",
        ),
        (
            {"DestinationIpv6CidrBlock": "::/0", "NetworkInterfaceId": FLOATING},
            "UnsupportedOperation",
        ),
        (
            {"DestinationPrefixListId": "pl-1", "NetworkInterfaceId": FLOATING},
            "UnsupportedOperation",
        ),
    ],
)
def test_a_wrong_route_is_refused(
    sim: Sim, table: str, asked: dict[str, Any], code: str
) -> None:
    refusal = sim.refusal(sim.ec2.create_route, RouteTableId=table, **asked)

    assert refusal[0] == code


def test_an_unknown_table_is_refused(sim: Sim) -> None:
    codes = [
        sim.refusal(
            sim.ec2.replace_route,
            RouteTableId=each,
            DestinationCidrBlock=SERVICE,
            NetworkInterfaceId=FLOATING,
        )[0]
        for each in ("rtb-0123456789abcdef0", "table")
    ]

    assert codes == ["InvalidRouteTableID.NotFound", "InvalidRouteTableId.Malformed"]


def test_a_route_leads_only_into_its_own_network(sim: Sim) -> None:
    other = main_table(sim, OTHER_VPC)
    by_vpc = [{"Name": "attachment.vpc-id", "Values": [VPC]}]
    gateways = sim.ec2.describe_internet_gateways(Filters=by_vpc)["InternetGateways"]
    gateway = gateways[0]["InternetGatewayId"]
    asked = {"RouteTableId": other, "DestinationCidrBlock": SERVICE}

    assert sim.refusal(sim.ec2.create_route, NetworkInterfaceId=FLOATING, **asked) == (
        "InvalidParameterValue",
        f"route table {other} and interface {FLOATING} belong to different networks",
    )
    assert sim.refusal(sim.ec2.create_route, GatewayId=gateway, **asked) == (
        "InvalidParameterValue",
        f"route table {other} and network gateway {gateway} belong to different "
        "networks",
    )


def test_a_subnet_has_one_table_and_the_main_one_stays(sim: Sim, table: str) -> None:
    own = sim.ec2.create_route_table(VpcId=VPC)["RouteTable"]["RouteTableId"]
    bond = sim.ec2.associate_route_table(RouteTableId=own, SubnetId=SUBNET)
    assert sim.refusal(
        sim.ec2.associate_route_table, RouteTableId=table, SubnetId=SUBNET
    )[0] == ("Resource.AlreadyAssociated")
    assert sim.refusal(sim.ec2.delete_route_table, RouteTableId=own)[0] == (
        "DependencyViolation"
    )

    moved = sim.ec2.replace_route_table_association(
        AssociationId=bond["AssociationId"], RouteTableId=table
    )["NewAssociationId"]
    sim.ec2.delete_route_table(RouteTableId=own)
    sim.ec2.disassociate_route_table(AssociationId=moved)

    shown = sim.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    left = shown["Associations"]
    assert [each["Main"] for each in left] == [True]
    main = left[0]["RouteTableAssociationId"]
    assert sim.refusal(sim.ec2.disassociate_route_table, AssociationId=main) == (
        "InvalidParameterValue",
        f"cannot disassociate the main route table association {main}",
    )
    assert sim.refusal(sim.ec2.disassociate_route_table, AssociationId=moved)[0] == (
        "InvalidAssociationID.NotFound"
    )


def test_a_table_and_a_subnet_share_a_network(sim: Sim) -> None:
    far = sim.ec2.create_route_table(VpcId=OTHER_VPC)["RouteTable"]["RouteTableId"]

    assert sim.refusal(
        sim.ec2.associate_route_table, RouteTableId=far, SubnetId=SUBNET
    ) == (
        "InvalidParameterValue",
        f"route table {far} and subnet {SUBNET} belong to different networks",
    )


def test_route_tables_come_in_pages_of_at_most_a_hundred(sim: Sim) -> None:
    for _ in range(5):
        sim.ec2.create_route_table(VpcId=VPC)

    first = sim.ec2.describe_route_tables(MaxResults=5)
    rest = sim.ec2.describe_route_tables(MaxResults=5, NextToken=first["NextToken"])

    assert (len(first["RouteTables"]), len(rest["RouteTables"])) == (5, 2)
    assert "NextToken" not in rest
    assert sim.refusal(sim.ec2.describe_route_tables, MaxResults=101)[0] == (
        "InvalidParameterValue"
    )
