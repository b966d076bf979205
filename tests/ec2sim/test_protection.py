"""Protected instances, and what a stop or an end is never granted."""

from tests.ec2sim.conftest import PRIMARY, STANDBY, Sim
from tests.ec2sim.living import launch, state


def test_protection_from_termination_is_told_and_lifted(sim: Sim) -> None:
    sim.ec2.modify_instance_attribute(
        InstanceId=PRIMARY, DisableApiTermination={"Value": True}
    )

    assert sim.refusal(sim.ec2.terminate_instances, InstanceIds=[PRIMARY]) == (
        "OperationNotPermitted",
        f"The instance '{PRIMARY}' may not be terminated. Modify its "
        "'disableApiTermination' instance attribute and try again.",
    )
    sim.ec2.modify_instance_attribute(
        InstanceId=PRIMARY, DisableApiTermination={"Value": False}
    )
    sim.ec2.terminate_instances(InstanceIds=[PRIMARY])
    assert state(sim, PRIMARY) == "shutting-down"


def test_a_protected_instance_saves_its_own_zone_only(sim: Sim) -> None:
    far = sim.ec2.create_subnet(
        VpcId="vpc-dbf9cdbc", CidrBlock="20.0.2.0/24", AvailabilityZone="eu-west-1b"
    )["Subnet"]["SubnetId"]
    other = launch(sim, SubnetId=far)
    sim.ec2.modify_instance_attribute(
        InstanceId=PRIMARY, DisableApiTermination={"Value": True}
    )

    refused = sim.refusal(
        sim.ec2.terminate_instances, InstanceIds=[PRIMARY, STANDBY, other]
    )

    assert refused[0] == "OperationNotPermitted"
    assert state(sim, PRIMARY) == state(sim, STANDBY) == "running"
    assert state(sim, other) == "shutting-down"


def test_protection_from_stops_is_told(sim: Sim) -> None:
    sim.ec2.modify_instance_attribute(
        InstanceId=PRIMARY, DisableApiStop={"Value": True}
    )

    assert sim.refusal(sim.ec2.stop_instances, InstanceIds=[PRIMARY]) == (
        "OperationNotPermitted",
        f"The instance '{PRIMARY}' may not be stopped. Modify its 'disableApiStop' "
        "instance attribute and try again.",
    )


def test_nothing_here_can_hibernate(sim: Sim) -> None:
    refused = sim.refusal(sim.ec2.stop_instances, InstanceIds=[PRIMARY], Hibernate=True)

    assert refused[0] == "UnsupportedHibernationConfiguration"
    assert state(sim, PRIMARY) == "running"
