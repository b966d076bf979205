"""Engines without the rule of P4 that a service must have answered."""

from dataclasses import replace
from typing import Any

from failover.engine import ears, probing
from failover.engine.errands import ProbeEnded
from failover.engine.job import Job
from failover.engine.probes import Heard, ProbeOutcome, Verdict
from failover.engine.steps import Step
from tests.simulation.mutation import Mutant


def _same_step(step: Step, *, job: Job) -> Step:
    del job
    return step


def _ever_passed(job: Job) -> bool:
    return job.heard is not None and job.heard.verdict.outcome is ProbeOutcome.PASSED


def _keep_all(job: Job, heard: Heard | None) -> Job:
    return replace(job, heard=heard or job.heard)


def _has_answered(job: Job) -> bool:
    return job.heard is not None


def _gone_on(job: Job, step: Step, **_: Any) -> Job:
    del step
    return job


def _cried_at_once(job: Job, step: Step, *, now: float, **_: Any) -> Job:
    is_waiting = getattr(step, "waiting_for", "") == probing.WAITING
    return replace(job, overdue_at=job.overdue_at or now) if is_waiting else job


def _give_up(step: Step, *, job: Job) -> Step:
    held = _hold_back(step, job=job)
    return held if job.overdue_at is None else step


_hold_back = probing.hold_back
_took = ears.Ears.took


def _take_silence_for_consent(
    self: ears.Ears, ended: ProbeEnded, hands: Any, now: float
) -> None:
    silence = Verdict(outcome=ProbeOutcome.PASSED, address="", port=0)
    _took(self, replace(ended, verdict=ended.verdict or silence), hands, now)


MUTANTS = (
    Mutant(
        name="success_without_a_probe",
        drops="P4: Finish waits for the probe",
        finds=("probe-eni",),
        swaps=((probing, "hold_back", _same_step),),
    ),
    Mutant(
        name="success_when_patience_ends",
        drops="P4: however long it is waited for, only a pass is a pass",
        finds=("probe-eni",),
        swaps=((probing, "hold_back", _give_up),),
    ),
    Mutant(
        name="any_answer_will_do",
        drops="P4: the probe has passed",
        finds=("probe-eni",),
        swaps=((probing, "has_passed", _has_answered),),
    ),
    Mutant(
        name="old_passes_count",
        drops="P4: the probe that passed began after the arrival",
        finds=("probe-eni-once", "probe-eip-once"),
        swaps=(
            (probing, "hear", _keep_all),
            (probing, "has_passed", _ever_passed),
        ),
    ),
    Mutant(
        name="silence_is_a_pass",
        drops="P4: a prober that says nothing has told nothing",
        finds=("probe-eni-silent",),
        swaps=((ears.Ears, "took", _take_silence_for_consent),),
    ),
    Mutant(
        name="nobody_is_told",
        drops="P4: humans are told of a probe that does not pass",
        finds=("probe-eni-dead",),
        swaps=((probing, "note_overdue", _gone_on),),
    ),
    Mutant(
        name="humans_are_told_at_once",
        drops="P4: humans are told after PROBE_GIVE_UP, not before",
        finds=("probe-eni-late",),
        swaps=((probing, "note_overdue", _cried_at_once),),
    ),
)
