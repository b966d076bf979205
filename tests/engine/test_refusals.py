"""When a refusal is final, and when a call may be repeated (protocol P2, P3)."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine import refusals
from failover.engine.job import Intent, Job, Outcome, State
from failover.engine.refusals import Fact, Verdict
from failover.engine.topology import Instance, InstanceId, Slot
from tests.engine.cast import (
    AT_STANDBY,
    INTERFACE,
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    a_detach,
    an_attach,
    an_instance,
    facts,
    refused,
    remembering,
    seen,
    under_way,
)

DENIED = "UnauthorizedOperation"
FULL = "AttachmentLimitExceeded"


def judged(*intents: Intent, job: Job | None = None, **changes: Any) -> Verdict:
    arguments: dict[str, object] = {
        "job": job or under_way(),
        "intents": intents,
        "target": STANDBY,
        "seen": seen(),
        "facts": facts(),
        "now": NOW,
        "limits": LIMITS,
        **changes,
    }
    return refusals.judge_end(**arguments)  # type: ignore[arg-type]


def the_standby(state: str = "running", **changes: object) -> dict[InstanceId, Fact]:
    return facts(an_instance(STANDBY, state, **changes))


def test_an_end_that_was_never_tried_is_possible() -> None:
    assert judged() is Verdict.POSSIBLE
    assert judged(refused(an_attach(PRIMARY), DENIED)) is Verdict.POSSIBLE
    assert judged(an_attach(outcome=Outcome.NOT_SENT)) is Verdict.POSSIBLE


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.THROTTLED, None])
def test_an_end_whose_last_try_was_not_refused_is_possible(
    outcome: Outcome | None,
) -> None:
    tried = (refused(an_attach(), DENIED), an_attach(outcome=outcome))

    assert judged(*tried) is Verdict.POSSIBLE


def test_a_denied_attach_is_final_after_a_fresh_look() -> None:
    assert judged(refused(an_attach(), DENIED)) is Verdict.FINAL


def test_an_interface_in_use_is_never_final() -> None:
    tried = refused(an_attach(), refusals.IN_USE)

    assert judged(tried, tried, tried) is Verdict.POSSIBLE


@pytest.mark.parametrize(
    "earlier",
    [an_attach(outcome=Outcome.UNKNOWN), an_attach(outcome=None), an_attach()],
)
def test_a_refusal_may_be_our_own_success(earlier: Intent) -> None:
    assert judged(earlier, refused(an_attach(), DENIED)) is Verdict.POSSIBLE


def test_an_accepted_attach_that_is_known_gone_proves_nothing() -> None:
    job = under_way(memory=remembering(dead=(AT_STANDBY,)))

    assert judged(an_attach(), refused(an_attach(), DENIED), job=job) is Verdict.FINAL


@pytest.mark.parametrize(
    "changes",
    [
        {"seen": seen(began_at=NOW - 6)},
        {"facts": {}},
        {"facts": facts(began_at=NOW - 6)},
    ],
)
def test_a_refusal_is_unsure_until_both_were_looked_at_again(
    changes: dict[str, Any],
) -> None:
    assert judged(refused(an_attach(), DENIED), **changes) is Verdict.UNSURE


def test_a_refusal_without_an_end_counts_from_its_intent() -> None:
    tried = refused(an_attach(ended_at=None), DENIED)

    assert judged(tried) is Verdict.FINAL


def test_a_parked_job_tries_a_refused_end_again_after_a_while() -> None:
    job = under_way(state=State.PARKED)
    before = refused(an_attach(ended_at=NOW - 31), DENIED)

    assert judged(before, job=job) is Verdict.POSSIBLE
    assert judged(refused(an_attach(), DENIED), job=job) is Verdict.FINAL


def test_an_interface_in_the_targets_own_list_is_not_refused() -> None:
    ours = Slot(interface_id=INTERFACE, device_index=1)

    verdict = judged(refused(an_attach(), DENIED), facts=the_standby(slots=(ours,)))

    assert verdict is Verdict.POSSIBLE


def test_a_full_target_is_final_on_the_second_refusal() -> None:
    once = refused(an_attach(), FULL)

    assert judged(once) is Verdict.POSSIBLE
    assert judged(once, once) is Verdict.FINAL
    other = refused(an_attach(), "InvalidParameterValue")
    assert judged(other, once) is Verdict.POSSIBLE


def test_an_ambiguous_refusal_by_a_dying_target_is_final() -> None:
    tried = refused(an_attach(), "IncorrectState")

    assert judged(tried, facts=the_standby("terminated")) is Verdict.FINAL


def test_a_target_on_its_way_up_or_down_is_waited_for() -> None:
    tried = refused(an_attach(), "IncorrectState")

    verdict = judged(tried, tried, facts=the_standby("pending"))

    assert verdict is Verdict.POSSIBLE


def test_a_target_that_ec2_does_not_know_twice_is_final() -> None:
    tried = refused(an_attach(), "InvalidInstanceID.NotFound")
    unknown: dict[InstanceId, Fact] = {STANDBY: Fact(began_at=NOW - 0.1, instance=None)}

    assert judged(tried, facts=unknown) is Verdict.POSSIBLE
    assert judged(tried, tried, facts=unknown) is Verdict.FINAL
    gone: Instance | None = unknown[STANDBY].instance
    assert gone is None


# Repeating a call.


def repeated_at(*tried: Intent) -> float:
    return refusals.repeat_at(tried, limits=LIMITS)


def test_what_was_never_tried_may_be_sent_at_once() -> None:
    assert repeated_at() == 0.0


@pytest.mark.parametrize(
    ("outcome", "pause_s"),
    [
        (Outcome.OK, 30.0),
        (Outcome.THROTTLED, 0.3),
        (Outcome.NOT_SENT, 0.05),
        (Outcome.UNKNOWN, 0.25),
        (Outcome.REFUSED, 0.25),
        (None, 0.25),
    ],
)
def test_a_call_is_repeated_after_what_its_end_asks_for(
    outcome: Outcome | None, pause_s: float
) -> None:
    sent = a_detach(outcome=outcome)

    assert repeated_at(sent) == NOW - 5 + pause_s


@pytest.mark.parametrize(
    ("times", "pause_s"), [(1, 0.25), (2, 0.5), (3, 1.0), (5, 4.0), (6, 5.0), (30, 5.0)]
)
def test_pauses_double_up_to_five_seconds(times: int, pause_s: float) -> None:
    sent = [a_detach(outcome=Outcome.UNKNOWN)] * times

    assert repeated_at(*sent) == NOW - 5 + pause_s


def test_an_accepted_call_ends_the_streak() -> None:
    unknown = a_detach(outcome=Outcome.UNKNOWN)

    assert repeated_at(unknown, a_detach(), unknown) == NOW - 5 + 0.25


def test_a_call_without_an_end_counts_from_its_intent() -> None:
    sent = replace(a_detach(), outcome=None, ended_at=None, intent_at=NOW - 2)

    assert repeated_at(sent) == NOW - 2 + 0.25
