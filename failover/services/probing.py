"""A pair's probe: tried now by hand, and waived by an operator who lets a job end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from failover import audit, rows, wiring
from failover.engine import probing
from failover.engine.job import End
from failover.engine.probes import Question
from failover.models import Job, Pair
from failover.services import (
    fields,
    plans,
    probe_targets,
    probe_words,
    refusals,
    sights,
    starting,
)
from failover.services.access import Actor
from failover.services.plans import Prepared

log = structlog.get_logger(__name__)

NO_PROBE = "This pair has no probe. Give it one of kind tcp or http first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one probe found. `outcome` is passed, failed, refused or unknown."""

    outcome: str
    code: str
    detail: str
    address: str
    port: int
    duration_s: float
    at: datetime

    def as_fields(self) -> dict[str, Any]:
        """As REST writes it."""
        return fields.as_fields(self)


def try_now(*, pair: Pair, actor: Actor) -> Tried:
    """Ask the pair's service once, where EC2 shows it now, and put it on record.

    Raises Invalid, NotFound, NotServed, Ec2Unreachable.
    """
    probe = rows.to_probe(pair.probe)
    if probe is None:
        raise refusals.Invalid(errors={"probe": [NO_PROBE]})
    prepared = plans.prepare(pair=pair, to=None)
    sights.keep(region_id=pair.region_id, seen=prepared.seen)
    plans.require_found(prepared)
    address = _find_address(prepared)
    if not address:
        raise refusals.NotServed(strategy=pair.strategy)
    tried = _ask(Question(address=address, probe=probe), pair)
    with transaction.atomic():
        _record(pair, actor, tried)
    return tried


def _find_address(prepared: Prepared) -> str:
    if prepared.holder is None:
        return ""
    return probe_targets.find_address(
        seen=prepared.seen,
        interface=prepared.interface,
        moving=prepared.moving,
        end=_holding_end(prepared),
    )


def _holding_end(prepared: Prepared) -> End | None:
    moving = prepared.moving
    ends = (moving.source, moving.target) if moving is not None else ()
    return next((e for e in ends if e and e.instance_id == prepared.holder), None)


def _ask(question: Question, pair: Pair) -> Tried:
    kept: Mapping[str, Any]
    try:
        verdict = wiring.prober().probe(question)
        kept = rows.from_verdict(verdict)
    except OSError as error:
        # Trouble of this machine says nothing of the service.
        log.warning("pair.probe.not_made", pair=pair.name, error=str(error))
        kept = {
            "outcome": "unknown",
            "code": "not_made",
            "args": (),
            "address": question.address,
            "port": question.probe.port,
            "duration_s": 0.0,
        }
    return Tried(
        outcome=str(kept["outcome"]),
        code=kept["code"],
        detail=f"{probe_words.told(pair.probe, kept)}.",
        address=kept["address"],
        port=kept["port"],
        duration_s=kept["duration_s"],
        at=wiring.now(),
    )


def _record(pair: Pair, actor: Actor, tried: Tried) -> None:
    audit.record(
        at=tried.at,
        actor=actor.name,
        token=actor.token_id,
        source_ip=actor.source_ip,
        action="pair.probe",
        subject=f"pair/{pair.name}",
        outcome=tried.outcome,
        after={"address": tried.address, "port": tried.port, "code": tried.code},
    )


def waive(*, pair: Pair, actor: Actor) -> Job | None:
    """Let the pair's job end that waits for its probe; None where none does.

    Part of the caller's transaction; the engine reads it with its next look.
    """
    lease_now, boot = wiring.store().lease_now()
    waiting = Job.objects.filter(
        pair=pair, state="running", waiting_for=probing.WAITING
    )
    job = waiting.first()
    if job is None:
        return None
    waived = waiting.filter(id=job.id).update(
        probe_waived_at=wiring.now(),
        probe_waived_by=actor.name,
        next_run_at=lease_now,
        clock_boot=boot,
        version=F("version") + 1,
    )
    if not waived:
        return None
    starting.wake(job.region_id)
    return job
