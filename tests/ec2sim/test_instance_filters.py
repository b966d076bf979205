"""What DescribeInstances finds, and how old what it shows may be."""

import pytest

from tests.ec2sim.conftest import FLOATING, PRIMARY, STANDBY, SUBNET, Sim

IMAGE = "ami-0c55b159cbfafe1f0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("architecture", "x86_64"),
        ("availability-zone-id", "euw1-az1"),
        ("dns-name", "ec2-34-251-*.eu-west-1.compute.amazonaws.com"),
        ("instance.group-name", "PrivateServer"),
        ("instance-state-code", "16"),
        ("ip-address", "34.251.234.50"),
        ("launch-time", "20*"),
        ("monitoring-state", "disabled"),
        ("network-interface.addresses.association.public-ip", "127.31.58.118"),
        ("network-interface.addresses.primary", "true"),
        ("network-interface.association.allocation-id", "eipalloc-4f07e372"),
        ("network-interface.attachment.device-index", "1"),
        ("network-interface.attachment.status", "attached"),
        ("network-interface.network-interface-id", FLOATING),
        ("network-interface.private-ip-address", "20.0.1.25"),
        ("network-interface.tag-value", "Secondary"),
        ("owner-id", "123456789012"),
        ("platform-details", "Linux/UNIX"),
        ("private-ip-address", "20.0.1.254"),
        ("root-device-type", "ebs"),
        ("source-dest-check", "true"),
        ("tag:Name", "Primary*"),
        ("tag-key", "Name"),
        ("tenancy", "default"),
        ("vpc-id", "vpc-dbf9cdbc"),
    ],
)
def test_a_filter_finds_the_instance(sim: Sim, name: str, value: str) -> None:
    found = sim.ec2.describe_instances(Filters=[{"Name": name, "Values": [value]}])

    shown = [each["Instances"][0]["InstanceId"] for each in found["Reservations"]]
    assert PRIMARY in shown


def test_an_interface_inside_an_instance_may_be_as_old_as_any(sim: Sim) -> None:
    sim.control("config", {"stale_s": 10, "detach_s": 4, "attach_s": 4})
    sim.detach()
    sim.advance(4.5)
    sim.attach(STANDBY)
    sim.advance(1)

    seen = set()
    for _ in range(200):
        found = sim.ec2.describe_instances(InstanceIds=[PRIMARY, STANDBY])
        holders = [
            (instance["InstanceId"], interface["Attachment"]["Status"])
            for each in found["Reservations"]
            for instance in each["Instances"]
            for interface in instance["NetworkInterfaces"]
            if interface["NetworkInterfaceId"] == FLOATING
        ]
        assert len(holders) <= 1
        seen.add(holders[0] if holders else None)

    assert seen == {
        (PRIMARY, "attached"),
        (PRIMARY, "detaching"),
        None,
        (STANDBY, "attaching"),
    }
    sim.advance(30)
    assert sim.interface()["Attachment"]["InstanceId"] == STANDBY


def test_a_filter_through_interfaces_sees_what_is_shown(sim: Sim) -> None:
    sim.control("config", {"stale_s": 10})
    sim.detach()
    sim.advance(3.5)
    asked = [{"Name": "network-interface.network-interface-id", "Values": [FLOATING]}]

    counts = set()
    for _ in range(60):
        found = sim.ec2.describe_instances(Filters=asked)["Reservations"]
        counts.add(len(found))
        for each in found:
            held = each["Instances"][0]["NetworkInterfaces"]
            assert FLOATING in [row["NetworkInterfaceId"] for row in held]

    assert counts == {0, 1}


def test_a_new_interface_is_unknown_inside_its_instance_too(sim: Sim) -> None:
    sim.control("config", {"visible_s": 30})
    sim.ec2.run_instances(ImageId=IMAGE, MinCount=30, MaxCount=30, SubnetId=SUBNET)
    sim.advance(15)

    known = {
        row["NetworkInterfaceId"]
        for row in sim.ec2.describe_network_interfaces()["NetworkInterfaces"]
    }
    inside = [
        [row["NetworkInterfaceId"] for row in instance["NetworkInterfaces"]]
        for each in sim.ec2.describe_instances()["Reservations"]
        for instance in each["Instances"]
    ]

    assert 3 < len(inside) < 32
    assert {name for held in inside for name in held} <= known
    assert [] in inside
