"""Tags, on every kind of resource alike."""

from collections.abc import Mapping
from typing import Any


def specification(kind: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """The tags of what a call is to make, as EC2 takes them."""
    return [{"ResourceType": kind, "Tags": as_pairs(tags)}]


def as_pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as EC2 writes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
