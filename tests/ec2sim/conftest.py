"""A running ec2sim with the article's world, and clients of it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.config
import pytest
from botocore.exceptions import ClientError

from ec2sim import server
from ec2sim.config import Config
from ec2sim.seeds import sowing
from ec2sim.world import World

PRIMARY = "i-09a505d623e75d4d2"
STANDBY = "i-0190e152559b4866c"
FLOATING = "eni-415e9270"
SPARE = "eni-b408c485"
MANAGED = "eni-180bc729"
ALLOCATION = "eipalloc-4f07e372"
SUBNET = "subnet-40043409"
VPC = "vpc-dbf9cdbc"


class Sim:
    """A server, a client of it, and the words that tests say most."""

    def __init__(self, running: server.Running) -> None:
        self.running = running
        self.url = running.url
        self.ec2 = self.client()

    def client(
        self, service: str = "ec2", read_timeout_s: float = 5, **options: Any
    ) -> Any:
        """A boto3 client that tries once."""
        options = {
            "region_name": "eu-west-1",
            "aws_access_key_id": "any",
            "aws_secret_access_key": "key",
            **options,
        }
        config = botocore.config.Config(
            retries={"total_max_attempts": 1},
            read_timeout=read_timeout_s,
            connect_timeout=2,
            parameter_validation=False,
        )
        make: Any = boto3.client
        return make(service, endpoint_url=self.url, config=config, **options)

    def control(self, path: str, values: dict[str, Any] | None = None) -> Any:
        """GET a control, or POST values to it; its JSON."""
        body = None if values is None else json.dumps(values).encode()
        with urllib.request.urlopen(  # noqa: S310 - our own loopback server
            f"{self.url}/_sim/{path}", data=body, timeout=5
        ) as reply:
            return json.loads(reply.read())

    def refused_control(self, path: str, values: dict[str, Any]) -> str:
        """What a control says when it is sent something wrong."""
        with pytest.raises(urllib.error.HTTPError) as refusal:
            self.control(path, values)
        with refusal.value as problem:
            assert problem.code in (400, 404)
            return str(json.loads(problem.read())["error"])

    def calls(self, **wanted: str) -> list[dict[str, Any]]:
        """The lines of the log, or those that match."""
        return self.lines("calls", **wanted)

    def decisions(self, **wanted: str) -> list[dict[str, Any]]:
        """What the plan of faults decided, or what matches of it."""
        return self.lines("decisions", **wanted)

    def lines(self, path: str, **wanted: str) -> list[dict[str, Any]]:
        """The JSON lines of a control, or those that match."""
        query = urllib.parse.urlencode(wanted)
        url = f"{self.url}/_sim/{path}?{query}"
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310
            return [json.loads(line) for line in reply.read().splitlines()]

    def delete(self, path: str) -> Any:
        """DELETE a control; its JSON."""
        request = urllib.request.Request(  # noqa: S310 - our own loopback server
            f"{self.url}/_sim/{path}", method="DELETE"
        )
        with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
            return json.loads(reply.read())

    def advance(self, seconds: float) -> None:
        """Let simulated time go by."""
        self.control("clock", {"advance_s": seconds})

    def interface(self, interface_id: str = FLOATING) -> dict[str, Any]:
        """An interface as EC2 describes it now."""
        wanted = [{"Name": "network-interface-id", "Values": [interface_id]}]
        found = self.ec2.describe_network_interfaces(Filters=wanted)
        return dict(found["NetworkInterfaces"][0])

    def detach(self, interface_id: str = FLOATING, **options: Any) -> str:
        """Begin to detach; the attachment's identifier."""
        bond = str(self.interface(interface_id)["Attachment"]["AttachmentId"])
        self.ec2.detach_network_interface(AttachmentId=bond, **options)
        return bond

    def attach(
        self, instance_id: str = STANDBY, interface_id: str = FLOATING, index: int = 1
    ) -> str:
        """Begin to attach; the new attachment's identifier."""
        reply = self.ec2.attach_network_interface(
            NetworkInterfaceId=interface_id, InstanceId=instance_id, DeviceIndex=index
        )
        return str(reply["AttachmentId"])

    def refusal(self, action: Callable[..., Any], **params: Any) -> tuple[str, str]:
        """The code and message of a call that must be refused."""
        with pytest.raises(ClientError) as refused:
            action(**params)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture
def sim() -> Iterator[Sim]:
    """The article's world with time standing still."""
    with server.start(config=Config(latency_s=0), sown={"article": True}) as running:
        running.world.clock.set(mode="manual")
        yield Sim(running)


@pytest.fixture
def live() -> Iterator[Sim]:
    """The article's world in real time, with short transitions."""
    config = Config(latency_s=0, detach_s=0.2, attach_s=0.1)
    with server.start(config=config, sown={"article": True}) as running:
        yield Sim(running)


@pytest.fixture
def world() -> Iterator[World]:
    """The article's world with time standing still, without a server."""
    world = World(config=Config(latency_s=0))
    world.clock.set(mode="manual")
    sowing.sow(world, {"article": True})
    yield world
    world.close()
