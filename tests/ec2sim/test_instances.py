"""Instances: their states in time, their checks, and what their end does."""

from typing import Any

from tests.ec2sim.conftest import FLOATING, PRIMARY, STANDBY, SUBNET, Sim


def state(sim: Sim, instance_id: str) -> str:
    """An instance's state as EC2 describes it now."""
    found = sim.ec2.describe_instances(InstanceIds=[instance_id])
    return str(found["Reservations"][0]["Instances"][0]["State"]["Name"])


def launch(sim: Sim, **more: Any) -> Any:
    """A new instance from the first image."""
    image = sim.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    reply = sim.ec2.run_instances(
        ImageId=image,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=SUBNET,
        **more,
    )
    return reply["Instances"][0]


def test_stop_and_start_keep_interface_and_address(sim: Sim) -> None:
    bond = sim.interface()["Attachment"]["AttachmentId"]
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    assert state(sim, PRIMARY) == "stopping"
    sim.advance(3)
    assert state(sim, PRIMARY) == "stopped"
    assert "Association" not in sim.interface("eni-7233ff43")

    sim.ec2.start_instances(InstanceIds=[PRIMARY])
    assert state(sim, PRIMARY) == "pending"
    sim.advance(2)

    assert state(sim, PRIMARY) == "running"
    assert sim.interface()["Attachment"]["AttachmentId"] == bond
    assert sim.interface()["Association"]["PublicIp"] == "127.31.58.118"
    # With a second interface attached, none is lent again.
    assert "Association" not in sim.interface("eni-7233ff43")


def test_termination_frees_what_it_must_only_when_it_has_ended(sim: Sim) -> None:
    sim.ec2.terminate_instances(InstanceIds=[PRIMARY])
    assert state(sim, PRIMARY) == "shutting-down"
    assert sim.interface()["Attachment"]["InstanceId"] == PRIMARY

    sim.advance(3)

    assert state(sim, PRIMARY) == "terminated"
    free = sim.interface()
    assert free["Status"] == "available"
    assert free["Association"]["PublicIp"] == "127.31.58.118"
    refused = sim.refusal(
        sim.ec2.describe_network_interfaces, NetworkInterfaceIds=["eni-7233ff43"]
    )
    assert refused[0] == "InvalidNetworkInterfaceID.NotFound"
    assert sim.control("state")["violations"] == []


def test_termination_deletes_a_flagged_interface_and_frees_its_address(
    sim: Sim,
) -> None:
    bond = sim.interface()["Attachment"]["AttachmentId"]
    sim.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": bond, "DeleteOnTermination": True},
    )

    sim.ec2.terminate_instances(InstanceIds=[PRIMARY])
    sim.advance(3)

    dumped = sim.control("state")
    assert FLOATING not in dumped["interfaces"]
    assert dumped["addresses"]["eipalloc-4f07e372"]["association_id"] is None
    assert dumped["violations"] == []


def test_a_launched_instance_is_pending_and_then_runs(sim: Sim) -> None:
    tags = [{"Key": "Name", "Value": "Third"}]
    made = launch(sim, TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])
    assert made["State"]["Name"] == "pending"
    primary = made["NetworkInterfaces"][0]
    assert primary["Attachment"]["DeleteOnTermination"] is True

    sim.advance(2)

    assert state(sim, made["InstanceId"]) == "running"
    assert sim.interface(primary["NetworkInterfaceId"])["Attachment"]["Status"] == (
        "attached"
    )
    found = sim.ec2.describe_instances(
        Filters=[{"Name": "tag:Name", "Values": ["Th*d"]}]
    )
    assert found["Reservations"][0]["Instances"][0]["Tags"] == tags


def test_wrong_states_are_refused(sim: Sim) -> None:
    sim.ec2.terminate_instances(InstanceIds=[STANDBY])
    sim.advance(3)

    for action in (sim.ec2.start_instances, sim.ec2.stop_instances):
        refused = sim.refusal(action, InstanceIds=[STANDBY])
        assert refused[0] == "IncorrectInstanceState"
    assert sim.refusal(sim.ec2.stop_instances, InstanceIds=["i-0123456789abcdef0"]) == (
        "InvalidInstanceID.NotFound",
        "The instance ID 'i-0123456789abcdef0' does not exist",
    )


def test_status_checks_show_the_knobs_and_only_running_instances(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"system_status": "impaired"})
    sim.ec2.stop_instances(InstanceIds=[STANDBY])

    shown = sim.ec2.describe_instance_status()["InstanceStatuses"]
    everything = sim.ec2.describe_instance_status(IncludeAllInstances=True)

    assert [each["InstanceId"] for each in shown] == [PRIMARY]
    assert shown[0]["SystemStatus"]["Status"] == "impaired"
    assert shown[0]["SystemStatus"]["Details"][0]["Status"] == "failed"
    assert shown[0]["InstanceStatus"]["Status"] == "ok"
    stopping = everything["InstanceStatuses"][1]
    assert stopping["SystemStatus"]["Status"] == "not-applicable"


def test_an_outage_fails_reads_that_name_its_zone(sim: Sim) -> None:
    far = sim.ec2.create_subnet(
        VpcId="vpc-dbf9cdbc", CidrBlock="20.0.2.0/24", AvailabilityZone="eu-west-1b"
    )["Subnet"]["SubnetId"]
    image = sim.ec2.describe_images()["Images"][0]["ImageId"]
    other = sim.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=far)[
        "Instances"
    ][0]["InstanceId"]

    sim.control("zones/eu-west-1a", {"outage": True})

    assert state(sim, other) == "pending"
    describe = sim.ec2.describe_instances
    assert sim.refusal(describe)[0] == "Unavailable"
    assert sim.refusal(describe, InstanceIds=[PRIMARY])[0] == "Unavailable"
    sim.control("zones/eu-west-1a", {"outage": False})
    assert state(sim, PRIMARY) == "running"


def test_a_route_to_a_detached_interface_is_a_blackhole(sim: Sim) -> None:
    table = sim.ec2.describe_route_tables(
        Filters=[{"Name": "vpc-id", "Values": ["vpc-dbf9cdbc"]}]
    )["RouteTables"][0]["RouteTableId"]
    cidr = "10.99.0.0/16"
    route = {"RouteTableId": table, "DestinationCidrBlock": cidr}
    refused = sim.refusal(sim.ec2.replace_route, **route, NetworkInterfaceId=FLOATING)
    assert refused[0] == "InvalidRoute.NotFound"
    sim.ec2.create_route(**route, NetworkInterfaceId=FLOATING)

    def shown() -> str:
        routes = sim.control("state")["routes"][table]
        return str(next(r["state"] for r in routes if r["destination"] == cidr))

    assert shown() == "active"
    sim.detach()
    sim.advance(3)
    assert shown() == "blackhole"
    sim.ec2.replace_route(**route, NetworkInterfaceId="eni-7d37fb4c")
    assert shown() == "active"
