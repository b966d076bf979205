"""One swap with a fault in the middle: what must hold, and what was seen."""

import contextlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.journeys import house
from tests.journeys.house import House

# Where the rows of the chaos table go, as JSON lines; unset: nowhere.
TABLE = "CHAOS_TABLE"
MUTATING = ("AttachNetworkInterface", "DetachNetworkInterface")
Deed = Callable[[House], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one ride showed. `outage_s` is EC2's own: from detaching to attached."""

    fault: str
    database: str
    expected: str
    state: str
    outage_s: float
    calls: int

    def keep(self) -> None:
        """Add the row to the table, where one is kept."""
        path = os.environ.get(TABLE)
        if path:
            with Path(path).open("a") as table:
                table.write(json.dumps(asdict(self)) + "\n")


def nothing(_home: House) -> None:
    """No deed."""


def ride(  # noqa: PLR0913 - a promise has this many parts.
    home: House,
    *,
    fault: str,
    restored_within_s: float,
    most_calls: int = 2,
    before: Deed = nothing,
    while_detaching: Deed = nothing,
    while_free: Deed = nothing,
    ended_within_s: float = 60.0,
) -> Seen:
    """Swap to the passive end under a fault and hold the end against the promise.

    The deeds happen before the request, once the detach is under way, and once the
    interface is free or already on its way to the other end. Promised are: the job
    succeeds, the interface is attached at the target within `restored_within_s` of
    leaving the source, EC2 carried out at most `most_calls` attaches and detaches,
    and the simulator finds its own rules unbroken.
    """
    target = passive(home)
    mark = len(home.sim.calls())
    before(home)
    job = home.swap(target)
    if while_detaching is not nothing:
        _wait(home, {"detaching", "available"}, "the detach has begun")
        while_detaching(home)
    if while_free is not nothing:
        _wait(home, {"available", "attaching"}, "the interface is free")
        while_free(home)
    ended = _wait_for_end(home, job["id"], within_s=ended_within_s)
    lines = home.sim.calls()[mark:]
    seen = Seen(
        fault=fault,
        database="PostgreSQL" if home.database_url else "SQLite",
        expected=f"restored within {restored_within_s:g} s, {most_calls} calls",
        state=str(ended["state"]),
        outage_s=round(outage_s(lines), 2),
        calls=len(carried_out(lines)),
    )
    seen.keep()
    assert seen.state == "succeeded", ended
    assert home.sim.holder() == target
    assert seen.outage_s <= restored_within_s, seen
    assert seen.calls <= most_calls, carried_out(lines)
    assert home.sim.state()["violations"] == []
    _outage_is_told(ended, seen)
    return seen


def passive(home: House) -> str:
    """The instance that does not hold the interface."""
    holder = home.sim.holder()
    assert holder in (house.PRIMARY, house.STANDBY)
    return house.STANDBY if holder == house.PRIMARY else house.PRIMARY


def outage_s(lines: list[dict[str, Any]]) -> float:
    """From the first `detaching` to the last `attached` of the interface."""
    moves = [
        (line["at"], line["to"])
        for line in lines
        if line["event"] == "transition" and line["resource"] == house.INTERFACE
    ]
    began = [at for at, to in moves if to == "detaching"]
    ended = [at for at, to in moves if to == "attached"]
    assert began, "the interface never left"
    assert ended, "the interface never arrived"
    return float(ended[-1] - began[0])


def carried_out(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The attaches and detaches that EC2 carried out, whoever heard of it."""
    return [
        line
        for line in lines
        if line["event"] == "call"
        and line["action"] in MUTATING
        and not line["dry_run"]
        and line["effect_at"] is not None
    ]


def _wait_for_end(home: House, job_id: str, *, within_s: float) -> dict[str, Any]:
    """The ended job, asked again and again of a web process that may be down."""

    def ended() -> dict[str, Any] | None:
        with contextlib.suppress(httpx.HTTPError):
            job = home.job(job_id)
            return job if job["state"] in house.TERMINAL else None
        return None

    job: dict[str, Any] = house.wait_for(
        ended, within_s=within_s, saying=f"job {job_id} has ended"
    )
    return job


def _wait(home: House, statuses: set[str], saying: str) -> None:
    def is_there() -> bool:
        seen = home.sim.state()["interfaces"][house.INTERFACE]
        return bool({seen["status"], seen["attachment_status"]} & statuses)

    until = time.monotonic() + 20
    while not is_there():
        assert time.monotonic() < until, saying
        time.sleep(0.01)


def _outage_is_told(job: dict[str, Any], seen: Seen) -> None:
    """The job's own figure is never less than EC2's by more than the two latencies."""
    assert job["outage_s"] is not None
    assert job["outage_s"] >= seen.outage_s - 0.2, (job["outage_s"], seen.outage_s)
