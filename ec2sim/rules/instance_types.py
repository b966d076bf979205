"""Instance types and their limits, read from the data that moto ships."""

import gzip
import importlib.util
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state.instance import Instance
from ec2sim.state.region import Region

# The few that seeds use, so that a start needs no big file: interfaces, addresses.
KNOWN = {
    "t2.micro": (2, 2),
    "t3.micro": (2, 2),
    "t3.medium": (3, 6),
    "m5.large": (3, 10),
    "m5.xlarge": (4, 15),
}
FIELDS = {
    "instance-type": lambda kind: (kind["InstanceType"],),
    "current-generation": lambda kind: (filters.text(kind["CurrentGeneration"]),),
    "network-info.maximum-network-interfaces": lambda kind: (
        str(kind["NetworkInfo"]["MaximumNetworkInterfaces"]),
    ),
    "processor-info.supported-architecture": lambda kind: kind["ProcessorInfo"][
        "SupportedArchitectures"
    ],
}


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Any]:
    """Every type by name, in EC2's own shape."""
    found = importlib.util.find_spec("moto")
    if found is None or found.origin is None:
        raise Ec2Error("InternalError", "moto, which has the types, is not installed")
    path = Path(found.origin).parent / "ec2" / "resources" / "instance_types.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        kinds: dict[str, Any] = json.load(file)
    return kinds


def limits(name: str) -> tuple[int, int]:
    """Most interfaces, and most IPv4 addresses on each, of a type."""
    if name in KNOWN:
        return KNOWN[name]
    kind = catalogue().get(name)
    if kind is None:
        raise unknown([name])
    info = kind["NetworkInfo"]
    return info["MaximumNetworkInterfaces"], info["Ipv4AddressesPerInterface"]


def interface_limit(instance: Instance) -> int:
    """Most interfaces of an instance: its type's, unless a knob says otherwise."""
    return limits(instance.type)[0] if instance.limit is None else instance.limit


def unknown(names: list[str]) -> Ec2Error:
    """The refusal of types that do not exist."""
    return Ec2Error(
        "InvalidInstanceType",
        f"The following supplied instance types do not exist: [{', '.join(names)}]",
    )


@action
def describe_instance_types(region: Region, params: Params) -> Reply:
    """DescribeInstanceTypes, with the filters that concern the network."""
    kinds = catalogue()
    names: list[str] = list(params.get("InstanceTypes") or ())
    missing = [name for name in names if name not in kinds]
    if missing:
        raise unknown(missing)
    chosen = [kinds[name] for name in names] if names else list(kinds.values())
    for entry in params.get("Filters") or ():
        read = FIELDS.get(entry.get("Name"))
        if read is None:
            raise Ec2Error(
                "InvalidParameterValue", f"The filter '{entry.get('Name')}' is invalid"
            )
        wanted = set(entry.get("Values") or ())
        chosen = [kind for kind in chosen if filters.any_matches(read(kind), wanted)]
    page, token = listing.cut(
        region,
        chosen,
        params,
        action="DescribeInstanceTypes",
        key=lambda kind: str(kind["InstanceType"]),
        most=100,
    )
    reply: Reply = {"InstanceTypes": page}
    return {**reply, "NextToken": token} if token else reply
