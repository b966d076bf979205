"""DescribeInstanceStatus: the checks, who is listed, and what an outage does."""

from typing import Any

import pytest

from tests.ec2sim.conftest import PRIMARY, STANDBY, Sim


def statuses(sim: Sim, **asked: Any) -> dict[str, dict[str, Any]]:
    """The statuses that a call lists, by instance."""
    found = sim.ec2.describe_instance_status(**asked)["InstanceStatuses"]
    return {each["InstanceId"]: each for each in found}


def every_page(sim: Sim, **asked: Any) -> list[list[str]]:
    """The instances of each page."""
    pages = sim.ec2.get_paginator("describe_instance_status").paginate(
        **asked, PaginationConfig={"PageSize": 5}
    )
    return [[each["InstanceId"] for each in page["InstanceStatuses"]] for page in pages]


@pytest.mark.parametrize(
    ("knob", "member", "filter_name"),
    [
        ("system_status", "SystemStatus", "system-status.status"),
        ("instance_status", "InstanceStatus", "instance-status.status"),
        ("ebs_status", "AttachedEbsStatus", "attached-ebs-status.status"),
    ],
)
def test_a_check_says_what_its_knob_says(
    sim: Sim, knob: str, member: str, filter_name: str
) -> None:
    details = {
        "ok": "passed",
        "impaired": "failed",
        "insufficient-data": "insufficient-data",
        "initializing": "initializing",
    }
    for status, detail in details.items():
        sim.control(f"instances/{PRIMARY}", {knob: status})
        shown = statuses(sim)[PRIMARY][member]
        assert shown["Status"] == status
        assert shown["Details"][0]["Name"] == "reachability"
        assert shown["Details"][0]["Status"] == detail
        wanted = [{"Name": filter_name, "Values": [status]}]
        assert PRIMARY in statuses(sim, Filters=wanted)
    sim.control(f"instances/{PRIMARY}", {knob: "not-applicable"})
    assert statuses(sim)[PRIMARY][member] == {"Status": "not-applicable"}


def test_an_impaired_check_tells_since_when(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"system_status": "impaired"})
    first = statuses(sim)[PRIMARY]["SystemStatus"]["Details"][0]["ImpairedSince"]
    sim.advance(60)
    sim.control(f"instances/{PRIMARY}", {"instance_status": "impaired"})

    shown = statuses(sim)[PRIMARY]

    assert shown["SystemStatus"]["Details"][0]["ImpairedSince"] == first
    later = shown["InstanceStatus"]["Details"][0]["ImpairedSince"]
    assert (later - first).total_seconds() == pytest.approx(60, abs=1)
    sim.control(f"instances/{PRIMARY}", {"system_status": "ok"})
    detail = statuses(sim)[PRIMARY]["SystemStatus"]["Details"][0]
    assert "ImpairedSince" not in detail


def test_only_running_instances_are_listed_unless_all_are_asked_for(sim: Sim) -> None:
    sim.ec2.stop_instances(InstanceIds=[STANDBY])
    sim.advance(3)

    assert set(statuses(sim)) == {PRIMARY}
    assert statuses(sim, InstanceIds=[STANDBY]) == {}
    everything = statuses(sim, IncludeAllInstances=True)
    assert set(everything) == {PRIMARY, STANDBY}
    stopped = everything[STANDBY]
    assert stopped["InstanceState"] == {"Code": 80, "Name": "stopped"}
    for member in ("SystemStatus", "InstanceStatus", "AttachedEbsStatus"):
        assert stopped[member] == {"Status": "not-applicable"}


def test_a_filter_by_state_needs_all_instances_too(sim: Sim) -> None:
    sim.ec2.stop_instances(InstanceIds=[STANDBY])
    stopping = [{"Name": "instance-state-name", "Values": ["stop*"]}]

    assert statuses(sim, Filters=stopping) == {}
    assert set(statuses(sim, Filters=stopping, IncludeAllInstances=True)) == {STANDBY}


def test_a_page_is_full_of_what_is_listed(sim: Sim) -> None:
    sim.control("seed", {"pairs": 6})
    tags = [{"Name": "tag:failover:role", "Values": ["standby"]}]
    found = sim.ec2.describe_instances(Filters=tags)["Reservations"]
    standbys = [each["Instances"][0]["InstanceId"] for each in found]
    sim.ec2.stop_instances(InstanceIds=standbys)

    running = every_page(sim)
    everything = every_page(sim, IncludeAllInstances=True)

    assert [len(page) for page in running] == [5, 3]
    assert [len(page) for page in everything] == [5, 5, 4]
    assert len({name for page in everything for name in page}) == 14


def test_at_most_a_hundred_instances_are_named(sim: Sim) -> None:
    many = [f"i-{number:08x}" for number in range(101)]

    refused = sim.refusal(sim.ec2.describe_instance_status, InstanceIds=many)

    assert refused[0] == "InvalidParameterValue"
    refused = sim.refusal(
        sim.ec2.describe_instance_status, InstanceIds=[PRIMARY], MaxResults=5
    )
    assert refused[0] == "InvalidParameterCombination"


def test_a_status_has_no_more_than_the_model_and_no_event(sim: Sim) -> None:
    shown = statuses(sim)[PRIMARY]

    assert shown["AvailabilityZone"] == "eu-west-1a"
    assert shown["AvailabilityZoneId"] == "euw1-az1"
    assert shown["Events"] == []
    assert shown["ApplicationStatus"] == {"Status": "not-applicable"}
    for member in ("SystemStatus", "InstanceStatus", "AttachedEbsStatus"):
        assert shown[member]["Status"] == "ok"


def test_boto3_waits_for_a_status_that_is_ok(live: Sim) -> None:
    live.control(f"instances/{PRIMARY}", {"instance_status": "initializing"})
    assert statuses(live)[PRIMARY]["InstanceStatus"]["Status"] == "initializing"
    live.control(f"instances/{PRIMARY}", {"instance_status": "ok"})

    live.ec2.get_waiter("instance_status_ok").wait(
        InstanceIds=[PRIMARY], WaiterConfig={"Delay": 0.05, "MaxAttempts": 20}
    )


def far_instance(sim: Sim) -> str:
    """A running instance in another zone than the article's."""
    far = sim.ec2.create_subnet(
        VpcId="vpc-dbf9cdbc", CidrBlock="20.0.2.0/24", AvailabilityZone="eu-west-1b"
    )["Subnet"]["SubnetId"]
    made = sim.ec2.run_instances(
        ImageId="ami-0c55b159cbfafe1f0", MinCount=1, MaxCount=1, SubnetId=far
    )["Instances"][0]["InstanceId"]
    sim.advance(2)
    return str(made)


@pytest.mark.parametrize("call", ["describe_instances", "describe_instance_status"])
def test_an_outage_fails_reads_that_name_its_zone_or_none(sim: Sim, call: str) -> None:
    other = far_instance(sim)
    read = getattr(sim.ec2, call)
    sim.control("zones/eu-west-1a", {"outage": True})

    assert sim.refusal(read)[0] == "Unavailable"
    assert sim.refusal(read, MaxResults=5)[0] == "Unavailable"
    assert sim.refusal(read, InstanceIds=[PRIMARY])[0] == "Unavailable"
    assert sim.refusal(read, InstanceIds=[PRIMARY, other])[0] == "Unavailable"
    elsewhere = [{"Name": "availability-zone", "Values": ["eu-west-1b"]}]
    assert sim.refusal(read, Filters=elsewhere)[0] == "Unavailable"
    assert read(InstanceIds=[other])["ResponseMetadata"]["HTTPStatusCode"] == 200
    sim.control("zones/eu-west-1a", {"outage": False})
    assert read()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_an_outage_of_one_zone_leaves_the_others_alone(sim: Sim) -> None:
    other = far_instance(sim)
    sim.control("zones/eu-west-1a", {"outage": True})

    sim.ec2.stop_instances(InstanceIds=[other])
    sim.advance(3)

    found = sim.ec2.describe_instances(InstanceIds=[other])["Reservations"][0]
    assert found["Instances"][0]["State"]["Name"] == "stopped"
    zones = sim.ec2.describe_availability_zones()["AvailabilityZones"]
    assert [zone["State"] for zone in zones] == ["impaired", "available", "available"]
