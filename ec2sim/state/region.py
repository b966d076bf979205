"""Everything that one account has in one region."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ec2sim.config import Config
from ec2sim.journal import Journal
from ec2sim.state import address_space
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.group_rule import GroupRule
from ec2sim.state.instance import Instance
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.key_pair import KeyPair
from ec2sim.state.network import (
    Image,
    InternetGateway,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from ec2sim.state.table import Row, Table
from ec2sim.timing.clock import Clock
from ec2sim.timing.durations import Durations
from ec2sim.timing.timers import Timers


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What every region shares with the rest of the simulated world."""

    clock: Clock
    config: Config
    chance: random.Random
    journal: Journal
    durations: Durations
    elastic_pool: address_space.PublicSpace
    lent_pool: address_space.PublicSpace


def tag_keys(row: Row) -> Iterable[tuple[str, str]]:
    """The index entries of a row's tags."""
    return [(f"tag:{key}", value) for key, value in row.tags.items()]


def interface_keys(row: NetworkInterface) -> Iterable[tuple[str, str]]:
    """The index entries of an interface, under EC2's own filter names."""
    keys = [
        ("subnet-id", row.subnet_id),
        ("mac-address", row.mac_address),
        ("private-dns-name", row.private_dns_name),
        *tag_keys(row),
    ]
    keys += [("group-id", group_id) for group_id, _ in row.groups]
    for private in row.addresses:
        keys.append(("addresses.private-ip-address", private.address))
        bond = private.association
        if bond is not None:
            keys.append(("association.public-ip", bond.public_ip))
            if bond.allocation_id:
                keys.append(("association.allocation-id", bond.allocation_id))
            if bond.association_id:
                keys.append(("association.association-id", bond.association_id))
    if row.attachment is not None:
        keys.append(("attachment.attachment-id", row.attachment.id))
        if row.attachment.instance_id:
            keys.append(("attachment.instance-id", row.attachment.instance_id))
    return keys


def instance_keys(row: Instance) -> Iterable[tuple[str, str]]:
    """The index entries of an instance."""
    return [
        ("reservation-id", row.reservation_id),
        ("subnet-id", row.subnet_id),
        ("availability-zone", row.zone),
        *tag_keys(row),
    ]


def elastic_ip_keys(row: ElasticIp) -> Iterable[tuple[str, str]]:
    """The index entries of an Elastic IP."""
    keys = [("public-ip", row.public_ip), *tag_keys(row)]
    if row.association_id:
        keys.append(("association-id", row.association_id))
    if row.interface_id:
        keys.append(("network-interface-id", row.interface_id))
    return keys


def rule_keys(row: GroupRule) -> Iterable[tuple[str, str]]:
    """The index entries of a security group's rule."""
    keys = [("group-id", row.group_id), *tag_keys(row)]
    return [*keys, ("peer-id", row.peer_id)] if row.peer_id else keys


@dataclass(slots=True, kw_only=True)
class Region:
    """The tables of one account in one region; its account's lock guards them."""

    account_id: str
    name: str
    around: Surroundings
    timers: Timers
    interfaces: Table[NetworkInterface] = field(
        default_factory=lambda: Table(
            interface_keys,
            indexed=(
                "subnet-id",
                "group-id",
                "mac-address",
                "private-dns-name",
                "addresses.private-ip-address",
                "association.public-ip",
                "association.allocation-id",
                "association.association-id",
                "attachment.attachment-id",
                "attachment.instance-id",
            ),
            alike={
                "private-ip-address": "addresses.private-ip-address",
                "addresses.association.public-ip": "association.public-ip",
            },
        )
    )
    instances: Table[Instance] = field(
        default_factory=lambda: Table(
            instance_keys, indexed=("reservation-id", "subnet-id", "availability-zone")
        )
    )
    elastic_ips: Table[ElasticIp] = field(
        default_factory=lambda: Table(
            elastic_ip_keys,
            indexed=("public-ip", "association-id", "network-interface-id"),
        )
    )
    vpcs: Table[Vpc] = field(default_factory=lambda: Table(tag_keys))
    subnets: Table[Subnet] = field(default_factory=lambda: Table(tag_keys))
    groups: Table[SecurityGroup] = field(default_factory=lambda: Table(tag_keys))
    group_rules: Table[GroupRule] = field(
        default_factory=lambda: Table(rule_keys, indexed=("group-id", "peer-id"))
    )
    key_pairs: Table[KeyPair] = field(default_factory=lambda: Table(tag_keys))
    route_tables: Table[RouteTable] = field(default_factory=lambda: Table(tag_keys))
    gateways: Table[InternetGateway] = field(default_factory=lambda: Table(tag_keys))
    images: Table[Image] = field(default_factory=lambda: Table(tag_keys))
    spaces: dict[str, address_space.PrivateSpace] = field(default_factory=dict)
    outages: set[str] = field(default_factory=set)
    quotas: dict[str, int] = field(default_factory=dict)
    tokens: dict[tuple[str, str], tuple[str, Any]] = field(default_factory=dict)
    unseen: dict[str, float] = field(default_factory=dict)

    @property
    def now(self) -> float:
        """The simulated moment."""
        return self.around.clock.now()

    def tables(self) -> dict[str, Table[Any]]:
        """Every table, by the resource type that EC2's tags call it."""
        return {
            "network-interface": self.interfaces,
            "instance": self.instances,
            "elastic-ip": self.elastic_ips,
            "vpc": self.vpcs,
            "subnet": self.subnets,
            "security-group": self.groups,
            "security-group-rule": self.group_rules,
            "key-pair": self.key_pairs,
            "route-table": self.route_tables,
            "internet-gateway": self.gateways,
            "image": self.images,
        }

    def hides(self, row_id: str) -> bool:
        """Whether a resource is so new that EC2 does not know it yet."""
        until = self.unseen.get(row_id)
        if until is None:
            return False
        if until > self.now:
            return True
        del self.unseen[row_id]
        return False

    def lasting(self, seconds: float) -> float:
        """A transition's duration with its jitter drawn."""
        jitter = self.around.config.jitter
        if not jitter:
            return seconds
        return seconds * (1 + jitter * self.around.chance.uniform(-1, 1))

    def note(self, *, at: float, resource: str, to: str, on: str | None) -> None:
        """Log a transition of `resource`, held by or being instance `on`."""
        self.around.journal.transition(at=at, resource=resource, to=to, instance_id=on)
