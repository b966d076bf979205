"""What a launch or an interface may choose from, as EC2 lists it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from failover.ec2.replies import Reply, read_tags, read_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A subnet as it is now, with the room that is left in it."""

    id: str
    name: str
    vpc_id: str
    availability_zone: str
    cidr_block: str
    free_addresses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A machine image. `is_own`: it belongs to our account."""

    id: str
    name: str
    description: str
    architecture: str
    state: str
    owner_id: str
    created_at: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A key pair; EC2 keeps its public half only."""

    id: str
    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceType:
    """An instance type with the limits that failover knows."""

    name: str
    interface_limit: int | None
    addresses_per_interface: int | None
    architectures: tuple[str, ...]
    vcpus: int | None
    memory_mib: int | None


def read_network(reply: Reply) -> Network:
    """One element of Subnets."""
    tags = read_tags(reply.get("Tags", ()))
    return Network(
        id=reply["SubnetId"],
        name=tags.get("Name", ""),
        vpc_id=reply.get("VpcId", ""),
        availability_zone=reply.get("AvailabilityZone", ""),
        cidr_block=reply.get("CidrBlock", ""),
        free_addresses=int(reply.get("AvailableIpAddressCount", 0)),
    )


def read_image(reply: Reply, *, is_own: bool) -> Image:
    """One element of Images."""
    return Image(
        id=reply["ImageId"],
        name=reply.get("Name", ""),
        description=reply.get("Description", ""),
        architecture=reply.get("Architecture", ""),
        state=reply.get("State", ""),
        owner_id=reply.get("OwnerId", ""),
        created_at=read_time(reply.get("CreationDate")),
        is_own=is_own,
    )


def read_key_pair(reply: Reply) -> KeyPair:
    """One element of KeyPairs."""
    return KeyPair(
        id=reply.get("KeyPairId", ""),
        name=reply.get("KeyName", ""),
        type=reply.get("KeyType", ""),
    )


def read_type(reply: Reply) -> InstanceType:
    """One element of InstanceTypes."""
    network: Mapping[str, Any] = reply.get("NetworkInfo") or {}
    return InstanceType(
        name=reply["InstanceType"],
        interface_limit=_number(network.get("MaximumNetworkInterfaces")),
        addresses_per_interface=_number(network.get("Ipv4AddressesPerInterface")),
        architectures=tuple(
            (reply.get("ProcessorInfo") or {}).get("SupportedArchitectures", ())
        ),
        vcpus=_number((reply.get("VCpuInfo") or {}).get("DefaultVCpus")),
        memory_mib=_number((reply.get("MemoryInfo") or {}).get("SizeInMiB")),
    )


def _number(value: Any) -> int | None:
    return None if value is None else int(value)
