"""Pages of the strategies that move in one call, and the advice on all of them."""

from typing import Any

import boto3
import pytest
from botocore.config import Config

from failover import models
from failover.services import inventory, pairs, queries
from failover.services.access import Actor
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home

ANNA = Actor(name="anna", role="admin", trigger="ui")
FIRST = "eni-7233ff43"
SECOND = "eni-7d37fb4c"
ADDRESS = "20.0.1.88"
DESTINATION = "10.9.0.0/16"
NEW = {
    "name": "mover",
    "primary_instance_id": PRIMARY,
    "standby_instance_id": STANDBY,
    "device_index": "",
    "confirm": "none",
}


@pytest.fixture
def ec2(home: Home) -> Any:
    """The console of the same EC2."""
    client = boto3.client(
        "ec2",
        endpoint_url=home.sim.url,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


@pytest.fixture
def vip(home: Home, ec2: Any) -> models.Pair:
    """An Elastic IP on the primary's first interface, and its pair."""
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=FIRST)
    return make(home, strategy="eip", allocation_id=allocation)


@pytest.fixture
def routes(home: Home, ec2: Any) -> models.Pair:
    """Two tables that lead to the primary, and their pair."""
    vpc = "vpc-dbf9cdbc"
    tables = [
        ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        for _ in range(2)
    ]
    for table in tables:
        ec2.create_route(
            RouteTableId=table,
            DestinationCidrBlock=DESTINATION,
            NetworkInterfaceId=FIRST,
        )
    for interface_id in (FIRST, SECOND):
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface_id, SourceDestCheck={"Value": False}
        )
    return make(
        home,
        strategy="route",
        route_table_ids=tuple(tables),
        destination_cidr=DESTINATION,
    )


def make(home: Home, **moved: Any) -> models.Pair:
    new = pairs.NewPair(
        name="mover",
        primary_instance_id=PRIMARY,
        standby_instance_id=STANDBY,
        device_index=0,
        **moved,
    )
    pairs.create(new=new, region=home.region, actor=ANNA)
    inventory.sync(home.region)
    return queries.get_pair("mover")


def page(home: Home, path: str, who: str = "olaf") -> str:
    return home.client(who).get(path).content.decode()


def test_a_pair_of_an_elastic_ip_shows_its_address_and_what_it_is_on(
    home: Home, vip: models.Pair
) -> None:
    text = page(home, "/pairs/mover/")

    address = models.ElasticIp.objects.get(allocation_id=vip.allocation_id)
    assert f">{address.public_ip}</text>" in text
    assert f"Elastic IP {vip.allocation_id} leads to PrimaryServer" in text
    assert f"/interfaces/{FIRST}/" in text
    assert "in use</span>" in text


def test_the_dialog_of_routes_shows_one_call_a_table(
    home: Home, routes: models.Pair
) -> None:
    text = page(home, "/pairs/mover/swap/")

    assert text.count('<span class="name code">ReplaceRoute</span>') == 2
    for told in (DESTINATION, *routes.route_table_ids):
        assert f'data-copy="{told}"' in text
    assert "force the detachment" not in text
    assert "Swap now" in text


def test_routes_that_lead_two_ways_are_said_to(
    home: Home, routes: models.Pair, ec2: Any
) -> None:
    ec2.replace_route(
        RouteTableId=routes.route_table_ids[0],
        DestinationCidrBlock=DESTINATION,
        NetworkInterfaceId=SECOND,
    )
    inventory.sync(home.region)
    inventory.sync(home.region)

    text = page(home, "/pairs/mover/")

    assert "Drifted" in text
    assert "partly at one instance, partly at the other" in text
    refused = home.client("olaf").post("/pairs/mover/adopt/")
    assert refused.status_code == 409
    assert "It is at both instances" in refused.content.decode()


def test_a_job_names_what_it_moves_and_puts_its_calls_under_move(
    home: Home, vip: models.Pair
) -> None:
    began = home.pair.created_at
    job = home.job(
        pair=vip,
        pair_name="mover",
        strategy="eip",
        network_interface_id="",
        moving={
            "parts": [{"allocation_id": vip.allocation_id}],
            "source": None,
            "target": None,
        },
        state="running",
        first_intent_at=began,
    )
    models.Intent.objects.create(
        job=job,
        seq=1,
        fence_token=1,
        action="AssociateAddress",
        args={"AllocationId": vip.allocation_id},
        intent_at=began,
    )

    text = page(home, f"/jobs/{job.id}/")

    assert vip.allocation_id in text
    move = text.index(">Move <")
    assert move < text.index("AssociateAddress") < text.index(">Verify <")
    assert "Attach" not in text


def test_the_list_names_each_pair_by_what_moves(home: Home, vip: models.Pair) -> None:
    text = page(home, "/pairs/")

    address = models.ElasticIp.objects.get(allocation_id=vip.allocation_id)
    assert f">{address.public_ip}</a>" in text
    assert FLOATING in text


def test_a_pair_is_created_from_the_fields_of_its_strategy_alone(
    home: Home, ec2: Any
) -> None:
    ec2.assign_private_ip_addresses(
        NetworkInterfaceId=FIRST,
        PrivateIpAddresses=[ADDRESS],
        AllowReassignment=True,
    )
    form = {
        **NEW,
        "region": str(home.region.pk),
        "strategy": "private-ip",
        "private_ip": ADDRESS,
        # Left over from a choice made before; hidden, and of no account.
        "network_interface_id": "not an id",
        "destination_cidr": "nonsense",
    }

    answer = home.client("anna").post("/pairs/new/at-once/", form)

    assert answer.status_code == 302, answer.content.decode()
    pair = models.Pair.objects.get(name="mover")
    assert (pair.strategy, pair.private_ip, pair.device_index) == (
        "private-ip",
        ADDRESS,
        0,
    )
    assert pair.network_interface_id == pair.destination_cidr == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"strategy": "eip"}, "Strategy eip needs it."),
        ({"strategy": "private-ip", "private_ip": "20.0.1"}, "An IPv4 address"),
        (
            {
                "strategy": "route",
                "destination_cidr": "10.9.1.0/16",
                "route_table_ids": "rtb-12345678",
            },
            "without host bits: 10.9.0.0/16",
        ),
        (
            {
                "strategy": "route",
                "destination_cidr": DESTINATION,
                "route_table_ids": "rtb-12345678, table",
            },
            "Ids of route tables",
        ),
        (
            {
                "strategy": "eni",
                "network_interface_id": FLOATING,
                "device_index": "0",
            },
            "EC2 never moves a primary interface",
        ),
    ],
)
def test_what_a_strategy_needs_is_said_at_its_field(
    home: Home, given: dict[str, str], said: str
) -> None:
    form = {**NEW, "region": str(home.region.pk), **given}

    answer = home.client("anna").post("/pairs/new/at-once/", form)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_two_instances_are_advised_upon_before_there_is_a_pair(home: Home) -> None:
    asked = {
        "region": str(home.region.pk),
        "primary_instance_id": PRIMARY,
        "standby_instance_id": STANDBY,
    }

    text = home.client("anna").get("/pairs/new/advice/", asked).content.decode()
    nothing = home.client("anna").get("/pairs/new/advice/").content.decode()

    for title in ("Elastic IP", "Private address", "Routes", "Network interface"):
        assert f">{title}</h3>" in text
    assert "Open connections break" in text
    assert "assumed, nothing measured yet" in text
    assert "Name both instances" in nothing
    assert home.client("olaf").get("/pairs/new/advice/", asked).status_code == 403
