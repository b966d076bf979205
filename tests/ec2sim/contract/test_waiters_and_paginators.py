"""boto3's own waiters and paginators, over HTTP, as they are."""

from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import botocore.loaders
import pytest
from botocore import xform_name

from ec2sim import server
from ec2sim.config import Config
from ec2sim.rules.registry import ACTIONS
from tests.ec2sim.conftest import FLOATING, STANDBY
from tests.ec2sim.contract.doors import Http
from tests.ec2sim.contract.house import NOBODY

QUICK = {"Delay": 0.02, "MaxAttempts": 400}


@pytest.fixture
def ec2() -> Iterator[Any]:
    """A boto3 client of the article's world, where a minute is a second."""
    with server.start(config=Config(latency_s=0), sown={"article": True}) as running:
        running.world.clock.set(scale=60)
        door = Http(running.url)
        yield door.client
        door.close()


def test_the_interfaces_waiter_waits_for_the_end_of_a_detach(ec2: Any) -> None:
    wanted = {"NetworkInterfaceIds": [FLOATING]}
    shown = ec2.describe_network_interfaces(**wanted)["NetworkInterfaces"][0]
    ec2.detach_network_interface(AttachmentId=shown["Attachment"]["AttachmentId"])

    ec2.get_waiter("network_interface_available").wait(**wanted, WaiterConfig=QUICK)

    shown = ec2.describe_network_interfaces(**wanted)["NetworkInterfaces"][0]
    assert shown["Status"] == "available"


def test_the_interfaces_waiter_fails_at_once_on_one_that_is_unknown(ec2: Any) -> None:
    with pytest.raises(botocore.exceptions.WaiterError, match="NotFound"):
        ec2.get_waiter("network_interface_available").wait(
            NetworkInterfaceIds=[f"eni-{NOBODY}"], WaiterConfig=QUICK
        )


def test_the_instances_waiters_follow_its_states(ec2: Any) -> None:
    wanted = {"InstanceIds": [STANDBY]}
    for verb, waiter, state in (
        ("stop_instances", "instance_stopped", "stopped"),
        ("start_instances", "instance_running", "running"),
        (None, "instance_status_ok", "running"),
        (None, "system_status_ok", "running"),
        (None, "instance_exists", "running"),
        ("terminate_instances", "instance_terminated", "terminated"),
    ):
        if verb is not None:
            getattr(ec2, verb)(**wanted)
        ec2.get_waiter(waiter).wait(**wanted, WaiterConfig=QUICK)
        found = ec2.describe_instances(**wanted)["Reservations"][0]["Instances"][0]
        assert found["State"]["Name"] == state


def test_the_status_waiter_waits_for_one_that_does_not_run(ec2: Any) -> None:
    ec2.stop_instances(InstanceIds=[STANDBY])

    with pytest.raises(botocore.exceptions.WaiterError, match="Max attempts"):
        ec2.get_waiter("instance_status_ok").wait(
            InstanceIds=[STANDBY], WaiterConfig={"Delay": 0.02, "MaxAttempts": 3}
        )


PAGINATORS = botocore.loaders.Loader().load_service_model("ec2", "paginators-1")
PAGED = sorted(ACTIONS.keys() & PAGINATORS["pagination"].keys())


@pytest.fixture(scope="module")
def crowded() -> Iterator[Any]:
    """A boto3 client of a region with seven or more of everything that is listed."""
    sown = {"pairs": 8}
    with server.start(config=Config(latency_s=0), sown=sown) as running:
        door = Http(running.url)
        for number in range(7):
            vpc = door.call("CreateVpc", CidrBlock=f"10.{200 + number}.0.0/16")["Vpc"]
            door.call("CreateSubnet", VpcId=vpc["VpcId"], CidrBlock=_inside(vpc))
            door.call("CreateInternetGateway")
        yield door.client
        door.close()


def _inside(vpc: dict[str, Any]) -> str:
    return str(vpc["CidrBlock"]).replace("/16", "/24")


# What a listing cannot do without.
NEEDED = {
    "DescribeStaleSecurityGroups": ("VpcId",),
    "GetSecurityGroupsForVpc": ("VpcId",),
}


@pytest.mark.parametrize("action", PAGED)
def test_every_paginator_meets_every_row_once(crowded: Any, action: str) -> None:
    paginator = crowded.get_paginator(xform_name(action))
    key = paginator.result_keys[0].parsed["value"]
    vpc = crowded.describe_vpcs()["Vpcs"][0]
    asked = {name: vpc[name] for name in NEEDED.get(action, ())}
    whole = [row for page in paginator.paginate(**asked) for row in page[key]]

    pages = list(paginator.paginate(**asked, PaginationConfig={"PageSize": 5}))

    found = [str(row) for page in pages for row in page[key]]
    assert sorted(found) == sorted(str(row) for row in whole)
    assert all(len(page[key]) <= 5 for page in pages)
    assert len(whole) <= 5 or len(pages) > 1
