"""What an operator of ec2sim may set at the start and change while it runs."""

import ipaddress
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from ec2sim import values
from ec2sim.values import BadControl

THROTTLES = ("off", "api", "shared")
DISTRIBUTIONS = ("fixed", "lognormal")
CHOICES = {"throttle": THROTTLES, "distribution": DISTRIBUTIONS}
# A share of all cases, from 0 (never) to 1 (always).
SHARES = (
    "jitter",
    "dead_guest",
    "event_missing",
    "event_duplicate",
    "event_late",
    "event_disorder",
)
__all__ = ["CHOICES", "SHARES", "THROTTLES", "BadControl", "Config"]


def setting(default: Any, means: str) -> Any:
    """A field of the configuration with the words that --help has for it."""
    return field(default=default, metadata={"means": means})


@dataclass(slots=True, kw_only=True)
class Config:
    """Seconds of the simulated clock, except `latency_s`, which scales with it."""

    detach_s: float = setting(3.0, "seconds from detaching to available")
    attach_s: float = setting(2.0, "seconds from attaching to attached")
    jitter: float = setting(0.0, "0.3: each lasts between 0.7 and 1.3 of its time")
    distribution: str = setting(
        "fixed", "of attach and detach times: fixed has the two"
    )
    attach_median_s: float = setting(2.0, "lognormal: half of the attaches are faster")
    attach_p99_s: float = setting(15.0, "lognormal: one attach in a hundred is slower")
    detach_median_s: float = setting(4.0, "lognormal: half of the detaches are faster")
    detach_p99_s: float = setting(60.0, "lognormal: one detach in a hundred is slower")
    dead_guest: float = setting(
        0.005, "lognormal: share of detaches whose guest is dead, longer than 200 s"
    )
    guest_s: float = setting(0.0, "seconds from attached to the guest's page answering")
    launch_s: float = setting(2.0, "seconds from pending to running")
    stop_s: float = setting(3.0, "seconds from stopping to stopped")
    terminate_s: float = setting(3.0, "seconds from shutting-down to terminated")
    latency_s: float = setting(
        0.05, "of every call, half before the effect, half after"
    )
    throttle: str = setting(
        "off", "api: EC2's buckets, one for each API; shared: one for all changes"
    )
    stale_s: float = setting(
        0.0, "a read shows each resource as it was up to so long ago"
    )
    visible_s: float = setting(0.0, "a new resource is unknown for up to so long")
    event_missing: float = setting(0.0, "share of state-change events that never come")
    event_duplicate: float = setting(0.0, "share that comes twice")
    event_late: float = setting(0.0, "share that comes up to event-late-s later")
    event_late_s: float = setting(60.0, "how late the late ones are at most")
    event_disorder: float = setting(
        0.0, "share that comes after the one that follows it"
    )
    event_url: str = setting("", "a URL on this machine that events are POSTed to")

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Set what is named, all or nothing. Raises BadControl."""
        values.only(wanted, *(each.name for each in fields(self)))
        changes = {name: _checked(name, value) for name, value in wanted.items()}
        after = {**asdict(self), **changes}
        for name in ("attach", "detach"):
            if not 0 < after[f"{name}_median_s"] <= after[f"{name}_p99_s"]:
                raise BadControl(
                    f"{name}_p99_s: expected at least {name}_median_s, both above 0"
                )
        for name, value in changes.items():
            setattr(self, name, value)

    def shown(self) -> dict[str, Any]:
        """Every setting by name."""
        return asdict(self)


def _checked(name: str, value: object) -> object:
    if name in CHOICES:
        return values.choice(value, name, CHOICES[name])
    if name == "event_url":
        return _own_url(value)
    at_most = 1.0 if name in SHARES else values.MOST_S
    found = values.number({name: value}, name, at_most=at_most)
    if found is None:
        raise BadControl(f"{name}: expected a number")
    return found


def _own_url(value: object) -> str:
    """A URL of this machine, or none: ec2sim sends nothing anywhere else."""
    if value in (None, ""):
        return ""
    wrong = BadControl("event_url: expected an http URL of this machine")
    if not isinstance(value, str):
        raise wrong
    try:
        parts = urlsplit(value)
        name, _ = parts.hostname or "", parts.port
        is_here = name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError as error:
        raise wrong from error
    if parts.scheme != "http" or not is_here:
        raise wrong
    return value
