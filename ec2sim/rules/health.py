"""What a test does to an instance: its guest, its status checks, its limit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ec2sim.rules import attachments
from ec2sim.state.instance import Instance
from ec2sim.state.region import Region

CHECKS = ("system_status", "instance_status", "ebs_status")


def afflict(region: Region, row: Instance, values: Mapping[str, Any]) -> Instance:
    """Set the knobs that are named, and let go of what only a hung guest held.

    A check that becomes impaired remembers since when.
    """
    changed = dated(replace(row, **values), at=region.now)
    region.instances.put(changed, at=region.now)
    if values.get("guest") not in (None, "hung"):
        attachments.release_stuck(region, row.id, at=region.now)
    return changed


def rebooted(row: Instance) -> Instance:
    """The instance with a fresh guest; what is wrong with its host stays wrong."""
    return _without(replace(row, guest="ok", instance_status="ok"))


def rehosted(row: Instance) -> Instance:
    """The instance after a start: a fresh guest on another host."""
    return _without(replace(row, guest="ok", instance_status="ok", system_status="ok"))


def dated(row: Instance, *, at: float) -> Instance:
    """The instance with the moment since when each impaired check has been so."""
    since = {
        name: row.impaired_since.get(name, at)
        for name in CHECKS
        if getattr(row, name) == "impaired"
    }
    return replace(row, impaired_since=since)


def _without(row: Instance) -> Instance:
    since = {
        name: at
        for name, at in row.impaired_since.items()
        if getattr(row, name) == "impaired"
    }
    return replace(row, impaired_since=since)
