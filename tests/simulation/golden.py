"""Histories of finished jobs, recorded once and decided again ever since.

A history is what a job knew at each of its turning points and what was decided. An
engine that decides otherwise on the same facts is a change that somebody must want:
`python -m tests.simulation --record` then writes them anew.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from failover.engine import rounds, tick
from failover.engine.job import Intent, Job
from failover.engine.limits import Limits
from failover.engine.ports import Work
from failover.engine.probes import Heard
from failover.engine.refusals import Fact
from failover.engine.topology import InstanceId, Observation
from tests.simulation import plain, runs
from tests.simulation.schedule import LIMITS, Simulation

FOLDER = Path(__file__).parent / "golden"
# One plan of each kind that ends a job in its own way.
NAMES = (
    "plain-eni",
    "plain-eip",
    "plain-private-ip",
    "plain-route",
    "attach",
    "detach",
    "call-0-late-cancel-intent",
    "call-1-reply_lost-1",
    "crash-late-18",
    "drop",
    "echo-1",
    "fill-b-detaching",
    "forbid-a-start-0",
    "hand_attach-detaching",
    "hung-200-10.0-flag",
    "impede-both-detaching",
    "lose_address-free",
    "stick-b-free-50",
    "terminate-b-free",
    "move-echo-eip-0-20",
    "move-eip-impede-b-start-1",
    "move-private-ip-terminate-a-intent-0",
    "move-rider-plain-0-False",
    "move-route-0-late-cancel-moved",
    "probe-eni-late",
    "probe-eni-dead-cancel-1",
    "probe-eni-dead-acknowledge-2",
    "probe-route-dead-acknowledge-1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One tick: what it rested on, and the step that came of it, as plain data."""

    job: Job
    intents: tuple[Intent, ...]
    observation: Observation
    facts: dict[InstanceId, Fact]
    now: float
    echoes: tuple[Intent, ...] = ()
    heard: Heard | None = None

    def decide(self, limits: Limits = LIMITS) -> Any:
        """The step that the engine takes now."""
        work = Work(
            job=self.job,
            intents=self.intents,
            fence_token=1,
            claimed_at=self.now,
            echoes=self.echoes,
            heard=self.heard,
        )
        ticked = tick.tick(
            work=work,
            observation=self.observation,
            facts=self.facts,
            now=self.now,
            limits=limits,
            intent_id=UUID(int=1),
        )
        return _as_plain(ticked)


def _as_plain(ticked: tick.Ticked) -> Any:
    step = ticked.step
    return {"step": type(step).__name__, **plain.to_plain(step)}


def record(name: str) -> list[dict[str, Any]]:
    """Run the plan; the moments of its jobs at which something new was decided."""
    moments: list[dict[str, Any]] = []
    said_before: dict[UUID, list[Any]] = defaultdict(list)

    def watched(**facts: Any) -> tick.Ticked:
        work: Work = facts["work"]
        ticked = tick.tick(**facts)
        said = _as_plain(ticked)
        known = said_before[work.job.id]
        if _gist(said) not in known:
            known.append(_gist(said))
            ends = (work.job.from_instance_id, work.job.to_instance_id)
            moment = Moment(
                job=work.job,
                intents=work.intents,
                observation=facts["observation"],
                facts={i: f for i, f in facts["facts"].items() if i in ends},
                now=facts["now"],
                echoes=work.echoes,
                heard=work.heard,
            )
            moments.append({"on": plain.to_plain(moment), "said": said})
        return ticked

    with mock.patch.object(rounds, "tick", watched):
        violation = Simulation(runs.plan_named(name)).run()
    if violation is not None:
        raise violation
    return moments


def _gist(said: dict[str, Any]) -> Any:
    return {k: v for k, v in said.items() if k not in ("until", "needs")}


def write_all() -> None:
    """Record every history anew."""
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        lines = [json.dumps(moment, sort_keys=True) for moment in record(name)]
        (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


def read(name: str) -> Iterator[tuple[Moment, Any]]:
    """The moments of a recorded history, each with what was decided."""
    for line in (FOLDER / f"{name}.jsonl").read_text().splitlines():
        moment = json.loads(line)
        yield plain.from_plain(Moment, moment["on"]), moment["said"]
