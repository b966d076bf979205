"""A world with a door to it, and what tests say most."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest

from ec2sim import server
from tests.ec2sim.conftest import ALLOCATION, FLOATING, STANDBY, SUBNET, VPC
from tests.ec2sim.contract.doors import Door, Refused

PRIMARYS_OWN = "eni-7233ff43"
ELASTIC_IP = "127.31.58.118"
DEFAULT_VPC = "vpc-2ef9cd49"
GROUP = "sg-e2d57e99"
NOBODY = "0123456789abcdef0"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The article's world behind one door; time moves by `advance` only."""

    door: Door
    running: server.Running

    def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        """The reply of a call that must succeed."""
        return self.door.call(action, **params)

    def refusal(self, action: str, /, **params: Any) -> tuple[str, str]:
        """Code and message of a call that must be refused, with a 4xx."""
        with pytest.raises(Refused) as refused:
            self.door.call(action, **params)
        told = refused.value
        assert told.status is None or 400 <= told.status < 500, told.status
        return told.code, told.message

    def code(self, action: str, /, **params: Any) -> str:
        """The code of a call that must be refused."""
        return self.refusal(action, **params)[0]

    def advance(self, seconds: float) -> None:
        """Let simulated time go by."""
        self.running.world.clock.set(advance_s=seconds)
        self.running.world.settle()

    def control(self, path: str, values: dict[str, Any]) -> dict[str, Any]:
        """POST to a control of ec2sim."""
        request = urllib.request.Request(  # noqa: S310 - our own loopback server
            f"{self.running.url}/_sim/{path}", data=json.dumps(values).encode()
        )
        with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
            answer: dict[str, Any] = json.loads(reply.read())
        return answer

    def interface(self, interface_id: str = FLOATING) -> dict[str, Any]:
        """An interface as EC2 describes it now."""
        found = self.call(
            "DescribeNetworkInterfaces", NetworkInterfaceIds=[interface_id]
        )
        shown: dict[str, Any] = found["NetworkInterfaces"][0]
        return shown

    def address(self, allocation_id: str = ALLOCATION) -> dict[str, Any]:
        """An Elastic IP as EC2 describes it now."""
        found = self.call("DescribeAddresses", AllocationIds=[allocation_id])
        shown: dict[str, Any] = found["Addresses"][0]
        return shown

    def instance(self, instance_id: str) -> dict[str, Any]:
        """An instance as EC2 describes it now."""
        found = self.call("DescribeInstances", InstanceIds=[instance_id])
        shown: dict[str, Any] = found["Reservations"][0]["Instances"][0]
        return shown

    def bond(self, interface_id: str = FLOATING) -> str:
        """The attachment of an interface."""
        return str(self.interface(interface_id)["Attachment"]["AttachmentId"])

    def create(self, **params: Any) -> str:
        """A new interface, in the article's subnet unless another is named."""
        reply = self.call("CreateNetworkInterface", **{"SubnetId": SUBNET, **params})
        return str(reply["NetworkInterface"]["NetworkInterfaceId"])

    def attach(
        self, interface_id: str = FLOATING, instance_id: str = STANDBY, index: int = 1
    ) -> str:
        """Begin to attach; the new attachment."""
        reply = self.call(
            "AttachNetworkInterface",
            NetworkInterfaceId=interface_id,
            InstanceId=instance_id,
            DeviceIndex=index,
        )
        return str(reply["AttachmentId"])

    def detach(self, interface_id: str = FLOATING, **options: Any) -> str:
        """Begin to detach; the attachment that ends."""
        bond = self.bond(interface_id)
        self.call("DetachNetworkInterface", AttachmentId=bond, **options)
        return bond

    def free(self, interface_id: str = FLOATING) -> None:
        """Detach, and wait until it is over."""
        self.detach(interface_id)
        self.advance(4)

    def launch(self, **params: Any) -> dict[str, Any]:
        """A new instance, in the article's subnet unless another is named."""
        image = self.call("DescribeImages")["Images"][0]["ImageId"]
        asked: dict[str, Any] = {
            "ImageId": image,
            "InstanceType": "t2.micro",
            "MinCount": 1,
            "MaxCount": 1,
        }
        if "NetworkInterfaces" not in params:
            asked["SubnetId"] = SUBNET
        reply = self.call("RunInstances", **{**asked, **params})
        made: dict[str, Any] = reply["Instances"][0]
        return made

    def far_subnet(self, zone: str = "eu-west-1b", cidr: str = "20.0.2.0/24") -> str:
        """A subnet of the article's VPC in another zone."""
        reply = self.call(
            "CreateSubnet", VpcId=VPC, CidrBlock=cidr, AvailabilityZone=zone
        )
        return str(reply["Subnet"]["SubnetId"])
