"""What the tests of starts, stops and ends share."""

from typing import Any

from tests.ec2sim.conftest import SUBNET, Sim

IMAGE = "ami-0c55b159cbfafe1f0"


def described(sim: Sim, instance_id: str) -> dict[str, Any]:
    """An instance as EC2 describes it now."""
    found = sim.ec2.describe_instances(InstanceIds=[instance_id])
    return dict(found["Reservations"][0]["Instances"][0])


def state(sim: Sim, instance_id: str) -> str:
    """An instance's state as EC2 describes it now."""
    return str(described(sim, instance_id)["State"]["Name"])


def launch(sim: Sim, **more: Any) -> str:
    """A new t3.micro in the article's subnet, pending."""
    given = {"SubnetId": SUBNET, "MinCount": 1, "MaxCount": 1, **more}
    reply = sim.ec2.run_instances(ImageId=IMAGE, InstanceType="t3.micro", **given)
    return str(reply["Instances"][0]["InstanceId"])
