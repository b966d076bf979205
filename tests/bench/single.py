"""Swaps one after the other, and what they cost over EC2's own time.

The floor of one swap is what ec2sim's log says EC2 itself took: both mutating calls
and both transitions. Everything else between the request and the interface attached
is ours.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.journeys import house

SIM = ("--detach-s", "3", "--attach-s", "2", "--jitter", "0.3", "--latency-s", "0.05")


def measure(home: house.House, to: str) -> dict[str, float]:
    """One swap: seconds in all, EC2's own, ours, and the looks it took."""
    before = len(home.sim.calls())
    asked_at = time.time()
    job = home.swap(to)
    home.wait_for_end(job["id"], within_s=60)
    events = home.sim.calls()[before:]
    detach = _call(events, "DetachNetworkInterface")
    attach = _call(events, "AttachNetworkInterface")
    moved = {
        e["to"]: e["at"]
        for e in events
        if e["event"] == "transition" and e["resource"] == house.INTERFACE
    }
    floor = (
        (detach["end_at"] - detach["at"])
        + (moved["available"] - detach["effect_at"])
        + (attach["end_at"] - attach["at"])
        + (moved["attached"] - attach["effect_at"])
    )
    total = moved["attached"] - asked_at
    looks = sum(
        e["event"] == "call" and e["action"] == "DescribeNetworkInterfaces"
        for e in events
    )
    return {"total_s": total, "floor_s": floor, "over_s": total - floor, "looks": looks}


def _call(events: list[dict[str, Any]], action: str) -> dict[str, Any]:
    return next(
        e
        for e in events
        if e["event"] == "call" and e["action"] == action and e["outcome"] == "ok"
    )


def run(*, rounds: int) -> dict[str, float]:
    """Swap the article's interface there and back; medians, and the p95 of ours."""
    with (
        tempfile.TemporaryDirectory() as folder,
        house.article(Path(folder), sim=SIM) as home,
    ):
        rows = []
        for n in range(rounds):
            row = measure(home, house.STANDBY if n % 2 == 0 else house.PRIMARY)
            rows.append(row)
            sys.stdout.write(json.dumps({k: round(v, 3) for k, v in row.items()}))
            sys.stdout.write("\n")
    figures = {f"{k}_median": statistics.median(r[k] for r in rows) for k in rows[0]}
    over = sorted(r["over_s"] for r in rows)
    figures["over_s_p95"] = over[max(0, round(len(over) * 0.95) - 1)]
    return {name: round(value, 3) for name, value in figures.items()}
