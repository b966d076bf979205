"""The instance types and where they are offered, from the data that moto ships."""

import gzip
import importlib.util
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ec2sim.errors import Ec2Error


@lru_cache(maxsize=1)
def kinds() -> dict[str, dict[str, Any]]:
    """Every type by name, in EC2's own shape."""
    found: dict[str, dict[str, Any]] = json.loads(_read("instance_types"))
    return found


@lru_cache(maxsize=64)
def offered(region_name: str) -> frozenset[str] | None:
    """The types that a region offers; None where nothing is known of it."""
    return _locations("region", region_name).get(region_name)


@lru_cache(maxsize=64)
def offered_in_zone(zone: str) -> frozenset[str] | None:
    """The types that a zone offers: its region's where the data has no such zone."""
    by_zone = _locations("availability-zone", zone[:-1])
    return by_zone.get(zone) or offered(zone[:-1])


@lru_cache(maxsize=64)
def _locations(kind: str, region_name: str) -> dict[str, frozenset[str]]:
    try:
        text = _read("instance_type_offerings", kind, region_name)
    except FileNotFoundError:
        return {}
    found: dict[str, set[str]] = {}
    for each in json.loads(text):
        found.setdefault(each["Location"], set()).add(each["InstanceType"])
    return {location: frozenset(names) for location, names in found.items()}


def _read(*steps: str) -> str:
    spec = importlib.util.find_spec("moto")
    if spec is None or spec.origin is None:
        raise Ec2Error("InternalError", "moto, which has the types, is not installed")
    path = Path(spec.origin).parent.joinpath("ec2", "resources", *steps)
    with gzip.open(f"{path}.json.gz", "rt", encoding="utf-8") as file:
        return file.read()
