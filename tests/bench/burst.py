"""Many pairs swapped at once, against EC2's token buckets (burst 50, 5/s an API).

What is compared comes from one run: the burst's outages with those of single swaps,
its duration with what the buckets allow and one swap's own time. All times but the
request's are ec2sim's own: the truth, not what the product says of itself.
"""

import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.journeys import house
from tests.journeys.house import Ec2Sim, House

SIM = ("--detach-s", "3", "--attach-s", "2", "--jitter", "0.3", "--latency-s", "0.05")
BURST = 50
PER_S = 5
LEARNING = 60
MUTATING = ("DetachNetworkInterface", "AttachNetworkInterface")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One interface's way: seconds of ec2sim's clock; `up_at` None: never again."""

    down_at: float
    up_at: float | None
    holder: str

    @property
    def outage_s(self) -> float:
        return (self.up_at or float("inf")) - self.down_at


@dataclass(slots=True)
class Town:
    """The product beside an ec2sim with many pairs."""

    home: House
    sim: Ec2Sim
    interfaces: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return sorted(self.interfaces)

    def found(self, *, pairs: int) -> None:
        """Make every pair that ec2sim has seeded a pair of the product."""
        self.home.http.post("regions/", json={"region": "eu-west-1"}).raise_for_status()
        client = self.sim.client()
        ends: dict[str, dict[str, str]] = {}
        pages = client.get_paginator("describe_instances").paginate()
        for page in pages:
            for reservation in page["Reservations"]:
                for instance in reservation["Instances"]:
                    tags = {t["Key"]: t["Value"] for t in instance.get("Tags", ())}
                    pair = ends.setdefault(tags["failover:pair"], {})
                    pair[tags["failover:role"]] = instance["InstanceId"]
        filters = [{"Name": "tag:failover:role", "Values": ["floating"]}]
        for page in client.get_paginator("describe_network_interfaces").paginate(
            Filters=filters
        ):
            for found in page["NetworkInterfaces"]:
                tags = {t["Key"]: t["Value"] for t in found["TagSet"]}
                self.interfaces[tags["failover:pair"]] = found["NetworkInterfaceId"]
        assert len(self.interfaces) == pairs
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: self._make(name, ends[name]), self.names))

    def _make(self, name: str, ends: Mapping[str, str]) -> None:
        body = {
            "name": name,
            "region": "eu-west-1",
            "strategy": "eni",
            "primary_instance_id": ends["primary"],
            "standby_instance_id": ends["standby"],
            "network_interface_id": self.interfaces[name],
            "device_index": 1,
        }
        reply = self.home.http.post("pairs/", json=body)
        assert reply.status_code == 201, reply.text

    def swap(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Ask for all of them in one request; the accepted jobs."""
        reply = self.home.http.post("swaps/", json={"pairs": list(names)}, timeout=120)
        assert reply.status_code == 202, reply.text
        assert not reply.json()["refused"], reply.text
        return list(reply.json()["accepted"])

    def moves(self, events: Sequence[Mapping[str, Any]]) -> dict[str, Move]:
        """Where these interfaces went, by ec2sim's log."""
        found: dict[str, Move] = {}
        for event in events:
            if event["event"] != "transition":
                continue
            at, to, resource = event["at"], event["to"], event["resource"]
            if to == "detaching" and resource not in found:
                found[resource] = Move(down_at=at, up_at=None, holder="")
            if to == "attached" and resource in found:
                down_at, holder = found[resource].down_at, event["instance_id"]
                found[resource] = Move(down_at=down_at, up_at=at, holder=holder)
        return found

    def wait_for(self, jobs: Sequence[Mapping[str, Any]], *, within_s: float) -> Any:
        """All jobs at their end. One question in two seconds: nobody is slowed down."""
        wanted = {job["id"] for job in jobs}
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            reply = self.home.http.get("jobs/?limit=1&active=true")
            if reply.status_code == 200 and reply.json()["count"] == 0:
                break
            time.sleep(2.0)
        ended: dict[str, Any] = {}
        for offset in range(0, len(wanted) + 1000, 500):
            reply = self.home.http.get(f"jobs/?limit=500&offset={offset}")
            listed = reply.raise_for_status().json()["results"]
            ended |= {j["id"]: j for j in listed if j["id"] in wanted}
        return [ended[i] for i in sorted(wanted)]


def run(
    *, pairs: int, singles: int, throttle: str, is_killed: bool
) -> dict[str, object]:
    """Measure. Times are seconds."""
    with tempfile.TemporaryDirectory() as folder:
        sim = Ec2Sim(Path(folder), "--seed-pairs", str(pairs), *SIM)
        try:
            home = House(Path(folder), sim)
            try:
                town = Town(home, sim)
                town.found(pairs=pairs)
                return _measure(town, singles, throttle, is_killed=is_killed)
            finally:
                home.stop()
        finally:
            sim.stop()


def _measure(
    town: Town, singles: int, throttle: str, *, is_killed: bool
) -> dict[str, object]:
    town.sim.control("config", throttle=throttle)
    alone = _one_by_one(town, town.names[:singles])
    figures: dict[str, object] = {}
    if throttle == "shared":
        figures |= _learn(town)
    # Every bucket is full again, as it is after ten quiet seconds in any case.
    time.sleep(12)
    town.sim.control("config", throttle=throttle)
    before = len(town.sim.calls())
    asked_at = time.time()
    jobs = town.swap(town.names)
    answered_s = time.time() - asked_at
    say(f"{len(jobs)} swaps accepted in {answered_s:.2f} s")
    if is_killed:
        time.sleep(_allowed_s(len(jobs), throttle) / 2 + 3)
        os.kill(town.home.pid_of("celery"), signal.SIGKILL)
        say("driver killed")
    ended = town.wait_for(jobs, within_s=600)
    figures |= {"pairs": len(jobs), "throttle": throttle, "killed": is_killed}
    figures |= {"answered_s": round(answered_s, 3)}
    return figures | _compare(
        town.sim.calls()[before:], town, alone, ended, asked_at, throttle
    )


def _learn(town: Town) -> dict[str, object]:
    """Teach the product that there is one bucket: it takes two throttled bursts."""
    before = len(town.sim.calls())
    for _ in range(2):
        town.wait_for(town.swap(town.names[:LEARNING]), within_s=120)
        time.sleep(12)
    refused = _throttled(town.sim.calls()[before:], *MUTATING)
    say(f"one bucket learned with {refused} throttled calls")
    return {"learning_throttled": refused}


def _one_by_one(town: Town, names: Sequence[str]) -> list[tuple[float, float]]:
    """Single swaps: (request to attached, outage) of each."""
    rows: list[tuple[float, float]] = []
    for name in names:
        before, asked_at = len(town.sim.calls()), time.time()
        interface = town.interfaces[name]
        town.swap([name])
        move = house.wait_for(
            lambda b=before, i=interface: _restored(town, b, i),  # type: ignore[misc]
            within_s=60,
            saying=f"{name} is restored",
        )
        rows.append((move.up_at - asked_at, move.outage_s))
        say(f"{name}: {rows[-1][0]:.3f} s, outage {rows[-1][1]:.3f} s")
    time.sleep(7)
    return rows


def _restored(town: Town, before: int, interface: str) -> Move | None:
    if town.sim.state()["interfaces"][interface]["attachment_status"] != "attached":
        return None
    move = town.moves(town.sim.calls()[before:]).get(interface)
    return move if move and move.up_at else None


def _compare(
    events: Sequence[Mapping[str, Any]],
    town: Town,
    alone: Sequence[tuple[float, float]],
    ended: Sequence[Mapping[str, Any]],
    asked_at: float,
    throttle: str,
) -> dict[str, object]:
    moves = town.moves(events)
    wanted = {town.interfaces[j["pair"]]: j["to_instance_id"] for j in ended}
    stranded = [
        i for i, to in wanted.items() if i not in moves or moves[i].holder != to
    ]
    restored = [m.up_at for m in moves.values() if m.up_at]
    total_s = max(restored) - asked_at
    accepted_at = min(
        datetime.fromisoformat(j["requested_at"]).timestamp() for j in ended
    )
    own_s = statistics.median(t for t, _ in alone)
    bound_s = _allowed_s(len(ended), throttle) + own_s
    outages = [m.outage_s for m in moves.values()]
    p95_alone = _p95([o for _, o in alone])
    lags = _lags(events)
    downs = sorted(m.down_at - asked_at for m in moves.values())
    return {
        "total_s": round(total_s, 2),
        "total_since_accepted_s": round(max(restored) - accepted_at, 2),
        "since_accepted_ratio": round((max(restored) - accepted_at) / bound_s, 3),
        "bound_s": round(bound_s, 2),
        "total_ratio": round(total_s / bound_s, 3),
        "over_bound_s": round(total_s - bound_s, 2),
        "first_down_s": round(downs[0], 2),
        "burst_down_s": round(downs[min(BURST, len(downs)) - 1], 2),
        "last_down_s": round(downs[-1], 2),
        "outage_p50_s": round(statistics.median(outages), 3),
        "outage_p95_s": round(_p95(outages), 3),
        "outage_p95_alone_s": round(p95_alone, 3),
        "outage_ratio": round(_p95(outages) / p95_alone, 3),
        "outage_most_s": round(max(outages), 3),
        "lag_p50_s": round(statistics.median(lags), 3),
        "lag_p95_s": round(_p95(lags), 3),
        "throttled_calls": _throttled(events, *MUTATING),
        "throttled_reads": _throttled(events) - _throttled(events, *MUTATING),
        "stranded": len(stranded),
        "failed": sum(j["state"] != "succeeded" for j in ended),
        "looks": sum(e.get("action") == "DescribeNetworkInterfaces" for e in events),
    }


def _lags(events: Sequence[Mapping[str, Any]]) -> list[float]:
    """From each interface's `available` to its attach taking effect: ours alone."""
    free: dict[str, float] = {}
    lags: list[float] = []
    for event in sorted(events, key=lambda e: e["at"]):
        if event["event"] != "transition":
            continue
        if event["to"] == "available":
            free[event["resource"]] = event["at"]
        if event["to"] == "attaching" and event["resource"] in free:
            lags.append(event["at"] - free.pop(event["resource"]))
    return lags


def _allowed_s(pairs: int, throttle: str) -> float:
    """What EC2's buckets take for so many swaps, after their burst."""
    calls = pairs if throttle == "api" else 2 * pairs
    return max(0.0, (calls - BURST) / PER_S)


def _throttled(events: Sequence[Mapping[str, Any]], *actions: str) -> int:
    return sum(
        e["event"] == "call"
        and e["outcome"] == "throttled"
        and (not actions or e["action"] in actions)
        for e in events
    )


def _p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[max(0, round(len(ordered) * 0.95) - 1)]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
