"""What the tests of RunInstances share."""

from typing import Any

from tests.ec2sim.conftest import SUBNET, Sim

IMAGE = "ami-0c55b159cbfafe1f0"
OTHER_SUBNET = "subnet-f10131b8"
GROUP = "sg-e2d57e99"
ONE: dict[str, Any] = {"ImageId": IMAGE, "MinCount": 1, "MaxCount": 1}
HERE: dict[str, Any] = {**ONE, "SubnetId": SUBNET, "InstanceType": "t3.micro"}


def run(sim: Sim, **asked: Any) -> list[dict[str, Any]]:
    """The instances of a launch, as its reply shows them."""
    return list(sim.ec2.run_instances(**asked)["Instances"])


def refused(sim: Sim, **asked: Any) -> tuple[str, str]:
    """Code and message of a launch that must be refused, leaving nothing behind."""
    before = sim.control("state")
    answer = sim.refusal(sim.ec2.run_instances, **asked)
    assert sim.control("state") == before
    return answer


def spec(index: int, **members: Any) -> dict[str, Any]:
    """An interface that a launch makes in the article's subnet."""
    return {"DeviceIndex": index, "SubnetId": SUBNET, **members}
