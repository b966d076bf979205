"""What the strategies of one call move: made in ec2sim by its own EC2 calls."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config

from failover import models
from failover.services import inventory, pairs, queries
from failover.services.pair_settings import NewPair
from tests.services.world import PRIMARY, REGION, SHELL, STANDBY, Sim

FIRST = "eni-7233ff43"
SECOND = "eni-7d37fb4c"
SUBNET = "subnet-40043409"
VPC = "vpc-dbf9cdbc"
ADDRESS = "20.0.1.77"
DESTINATION = "10.9.0.0/16"
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Console:
    """EC2 as somebody else uses it."""

    ec2: Any

    def associate(self, allocation_id: str, interface_id: str, **more: Any) -> None:
        self.ec2.associate_address(
            AllocationId=allocation_id, NetworkInterfaceId=interface_id, **more
        )

    def allocate(self) -> str:
        return str(self.ec2.allocate_address(Domain="vpc")["AllocationId"])

    def assign(self, address: str, interface_id: str) -> None:
        self.ec2.assign_private_ip_addresses(
            NetworkInterfaceId=interface_id,
            PrivateIpAddresses=[address],
            AllowReassignment=True,
        )

    def attach(self, instance_id: str, index: int) -> str:
        """A new interface, attached there by the time that this returns."""
        made = self.ec2.create_network_interface(SubnetId=SUBNET)["NetworkInterface"]
        interface_id = str(made["NetworkInterfaceId"])
        self.ec2.attach_network_interface(
            NetworkInterfaceId=interface_id, InstanceId=instance_id, DeviceIndex=index
        )
        until = time.monotonic() + PATIENCE_S
        while self._attachment_status(interface_id) != "attached":
            assert time.monotonic() < until, "the interface is not attached in time"
            time.sleep(0.02)
        return interface_id

    def _attachment_status(self, interface_id: str) -> str:
        seen = self.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface_id])
        return str(seen["NetworkInterfaces"][0]["Attachment"]["Status"])

    def make_tables(self, count: int) -> list[str]:
        made = [self.ec2.create_route_table(VpcId=VPC) for _ in range(count)]
        return [str(m["RouteTable"]["RouteTableId"]) for m in made]

    def lead(self, tables: list[str], interface_id: str) -> None:
        for table in tables:
            self.ec2.create_route(
                RouteTableId=table,
                DestinationCidrBlock=DESTINATION,
                NetworkInterfaceId=interface_id,
            )

    def stop_checking(self, *interface_ids: str) -> None:
        for interface_id in interface_ids:
            self.ec2.modify_network_interface_attribute(
                NetworkInterfaceId=interface_id, SourceDestCheck={"Value": False}
            )


def open_console(sim: Sim) -> Console:
    client = boto3.client(
        "ec2",
        endpoint_url=sim.url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    return Console(client)


@pytest.fixture
def console(sim: Sim) -> Iterator[Console]:
    """Somebody else's console, on the simulated EC2 of the test."""
    opened = open_console(sim)
    yield opened
    opened.ec2.close()


def make_pair(region: models.Region, name: str, **moved: Any) -> models.Pair:
    """A pair between the article's two instances, at their primary interfaces."""
    new = NewPair(
        name=name,
        primary_instance_id=PRIMARY,
        standby_instance_id=STANDBY,
        device_index=0,
        **moved,
    )
    pairs.create(new=new, region=region, actor=SHELL)
    return queries.get_pair(name)


def mover(article: models.Pair, strategy: str, **columns: Any) -> models.Pair:
    """A second pair of the same ends, by another strategy; nothing is asked of EC2."""
    return models.Pair.objects.create(
        **{
            "name": "mover",
            "region": article.region,
            "strategy": strategy,
            "primary_instance_id": PRIMARY,
            "standby_instance_id": STANDBY,
            "device_index": 0,
            "created_at": article.created_at,
            **columns,
        }
    )


def refresh(region: models.Region, name: str) -> Any:
    """The pair's view after a whole read."""
    inventory.sync(region)
    return queries.view_pair(queries.get_pair(name))
