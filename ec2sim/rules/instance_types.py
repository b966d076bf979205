"""Instance types: their limits, their filters, and where they are offered."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import catalogue, entries, filters, instance_type_paths, zones
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.entries import Entry
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
MOST_NAMED = 100
LOCATIONS = ("region", "availability-zone", "availability-zone-id")


def limits(name: str) -> tuple[int, int]:
    """Most interfaces, and most IPv4 addresses on each, of a type."""
    if name in KNOWN:
        return KNOWN[name]
    kind = catalogue.kinds().get(name)
    if kind is None:
        raise unknown([name])
    info = kind["NetworkInfo"]
    return info["MaximumNetworkInterfaces"], info["Ipv4AddressesPerInterface"]


def interface_limit(instance: Instance) -> int:
    """Most interfaces of an instance: its type's, unless a knob says otherwise."""
    return limits(instance.type)[0] if instance.limit is None else instance.limit


def vcpus(name: str) -> int:
    """The virtual processors of a type, which quotas count."""
    kind = catalogue.kinds().get(name)
    return 0 if kind is None else int(kind["VCpuInfo"]["DefaultVCpus"])


def check(name: str, *, zone: str, architecture: str = "x86_64") -> None:
    """Refuse to launch a type that does not exist, not in this zone, or not so."""
    if name in KNOWN and architecture == "x86_64":
        return
    kind = catalogue.kinds().get(name)
    if kind is None:
        raise Ec2Error(
            "InvalidParameterValue", f"Invalid value '{name}' for InstanceType."
        )
    offered = catalogue.offered_in_zone(zone)
    if offered is not None and name not in offered:
        raise Ec2Error(
            "Unsupported",
            f"Your requested instance type ({name}) is not supported in your requested "
            f"Availability Zone ({zone}).",
        )
    known = kind["ProcessorInfo"]["SupportedArchitectures"]
    if architecture not in known:
        raise Ec2Error(
            "InvalidParameterValue",
            f"The architecture '{','.join(known)}' of the specified instance type does "
            f"not match the architecture '{architecture}' of the specified AMI. "
            "Specify an instance type and an AMI that have matching architectures, and "
            "try again. You can use 'describe-instance-types' or 'describe-images' to "
            "discover the architecture of the instance type or AMI.",
        )


def unknown(names: list[str]) -> Ec2Error:
    """The refusal of types that do not exist."""
    return Ec2Error(
        "InvalidInstanceType",
        f"The following supplied instance types do not exist: [{', '.join(names)}]",
    )


def _reader(path: str) -> Callable[[Entry], Iterable[str]]:
    steps = [step.replace("-", "") for step in path.split(".")]

    def read(entry: Entry) -> Iterable[str]:
        found: list[Any] = [entry.shown]
        for step in steps:
            found = [value for each in found for value in _below(each, step)]
        return [_written(value) for value in found]

    return read


def _below(value: Any, step: str) -> list[Any]:
    """The members of that name, whether EC2 writes it in the plural or not."""
    if not isinstance(value, dict):
        return []
    for name, below in value.items():
        if name.lower() in (step, f"{step}s", f"{step}es"):
            return below if isinstance(below, list) else [below]
    return []


def _written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return filters.text(value)


FIELDS: entries.Fields = {path: _reader(path) for path in instance_type_paths.PATHS}
OFFERING_FIELDS: entries.Fields = {
    "instance-type": entries.member("InstanceType"),
    "location": entries.member("Location"),
}


@lru_cache(maxsize=64)
def _shown(region_name: str) -> dict[str, Entry]:
    """The types that a region has, by name."""
    offered = catalogue.offered(region_name)
    return {
        name: Entry(id=name, shown=kind)
        for name, kind in catalogue.kinds().items()
        if offered is None or name in offered
    }


@action
def describe_instance_types(region: Region, params: Params) -> Reply:
    """DescribeInstanceTypes: what the region offers, at most 100 in a page."""
    known = _shown(region.name)
    names: list[str] = list(dict.fromkeys(params.get("InstanceTypes") or ()))
    if len(names) > MOST_NAMED:
        raise Ec2Error("InvalidParameterValue", f"At most {MOST_NAMED} instance types.")
    missing = [name for name in names if name not in known]
    if missing:
        raise unknown(missing)
    asked = [known[name] for name in names] if names else list(known.values())
    found = entries.chosen(asked, params, FIELDS)
    return entries.page(
        region,
        found,
        {"MaxResults": MOST_NAMED, **params},
        action="DescribeInstanceTypes",
        member="InstanceTypes",
        most=MOST_NAMED,
    )


@action
def describe_instance_type_offerings(region: Region, params: Params) -> Reply:
    """DescribeInstanceTypeOfferings: by region, zone, or zone's identifier."""
    kind = params.get("LocationType") or "region"
    if kind not in (*LOCATIONS, "outpost"):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Invalid value '{kind}' for parameter locationType.",
        )
    found = [
        Entry(
            id=f"{name} {location}",
            shown={"InstanceType": name, "LocationType": kind, "Location": location},
        )
        for location, names in _offerings(region, kind).items()
        for name in names
    ]
    return entries.page(
        region,
        entries.chosen(found, params, OFFERING_FIELDS),
        params,
        action="DescribeInstanceTypeOfferings",
        member="InstanceTypeOfferings",
    )


def _offerings(region: Region, kind: str) -> dict[str, Iterable[str]]:
    everything = frozenset(catalogue.kinds())
    if kind == "region":
        return {region.name: catalogue.offered(region.name) or everything}
    if kind == "outpost":
        return {}
    return {
        zones.zone_id(zone) if kind == "availability-zone-id" else zone: (
            catalogue.offered_in_zone(zone) or everything
        )
        for zone in zones.zones(region.name)
    }
