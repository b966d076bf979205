"""What a probe decides (protocol P4): an end waits for it, and humans are told."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.engine import cadence, probing
from failover.engine.job import Job, State
from failover.engine.probes import Heard, ProbeOutcome
from failover.engine.steps import Finish, Need, Park, Send, Step, Turn, Wait
from failover.engine.tick import Ticked, tick
from tests.engine.arrival import (
    FAILURE,
    PASS,
    RESTORED,
    SETTLED,
    SUCCESS,
    a_verdict,
    arrived,
    heard_at,
)
from tests.engine.cast import (
    LIMITS,
    NOW,
    STANDBY,
    a_detach,
    a_look,
    an_instance,
    an_interface,
    facts,
    held,
    remembering,
    work,
)
from tests.engine.ticking import ticked

# The row of the decide table.


def test_an_end_without_an_answer_waits_for_it() -> None:
    step = probing.hold_back(SUCCESS, job=arrived())

    assert step == Wait(waiting_for="probe", needs=frozenset({Need.INSTANCES}))


def test_an_end_whose_probe_has_passed_is_the_end() -> None:
    assert probing.hold_back(SUCCESS, job=arrived(heard=PASS)) is SUCCESS


@pytest.mark.parametrize("outcome", [ProbeOutcome.FAILED, ProbeOutcome.REFUSED])
def test_an_end_whose_probe_does_not_pass_waits(outcome: ProbeOutcome) -> None:
    job = arrived(heard=heard_at(NOW - 1, outcome))

    assert isinstance(probing.hold_back(SUCCESS, job=job), Wait)


@pytest.mark.parametrize("began_at", [SETTLED - 1, SETTLED, SETTLED + 0.1, RESTORED])
def test_a_probe_that_began_before_the_arrival_says_nothing(began_at: float) -> None:
    job = arrived(heard=heard_at(began_at))

    assert isinstance(probing.hold_back(SUCCESS, job=job), Wait)


def test_a_target_that_was_never_left_is_probed_since_it_was_seen_there() -> None:
    job = arrived(restored_at=None, heard=heard_at(SETTLED + 0.1))

    assert probing.hold_back(SUCCESS, job=job) is SUCCESS


def test_an_end_that_nothing_vouches_for_waits() -> None:
    job = arrived(memory=remembering(), heard=PASS)

    assert isinstance(probing.hold_back(SUCCESS, job=job), Wait)


def test_a_job_without_a_probe_waits_for_none() -> None:
    assert probing.hold_back(SUCCESS, job=arrived(probe=None)) is SUCCESS


@pytest.mark.parametrize("state", [State.REVERSED, State.CANCELLED])
def test_only_success_needs_an_answer(state: State) -> None:
    end = Finish(state=state, why="attach_refused")

    assert probing.hold_back(end, job=arrived()) is end


def test_an_operator_lets_it_end_without_and_the_end_says_so() -> None:
    job = arrived(waived_at=NOW - 1, heard=FAILURE)

    step = probing.hold_back(SUCCESS, job=job)

    assert step == Finish(state=State.SUCCEEDED, why="probe_waived")


def test_a_pass_is_said_before_a_waiver() -> None:
    job = arrived(waived_at=NOW - 1, heard=PASS)

    assert probing.hold_back(SUCCESS, job=job) is SUCCESS


def test_a_waiver_is_good_for_one_arrival_only() -> None:
    job = arrived(waived_at=RESTORED - 1)

    assert isinstance(probing.hold_back(SUCCESS, job=job), Wait)


@given(
    step=st.sampled_from(
        [
            SUCCESS,
            Finish(state=State.REVERSED, why="done"),
            Wait(waiting_for="verify"),
            Turn(why="attach_refused"),
            Park(why="gone"),
            Send(call=a_detach().call, waiting_for="detached"),
        ]
    ),
    settled=st.none() | st.floats(NOW - 20, NOW),
    restored=st.none() | st.floats(NOW - 20, NOW),
    asked=st.floats(NOW - 20, NOW),
    outcome=st.sampled_from(ProbeOutcome),
)
def test_success_means_a_pass_after_the_arrival(
    *,
    step: Step,
    settled: float | None,
    restored: float | None,
    asked: float,
    outcome: ProbeOutcome,
) -> None:
    job = arrived(
        memory=remembering(settled_since=settled),
        restored_at=restored,
        heard=heard_at(asked, outcome),
    )

    said = probing.hold_back(step, job=job)

    if isinstance(said, Finish) and said.state is State.SUCCEEDED:
        assert outcome is ProbeOutcome.PASSED
        assert settled is not None
        assert asked > max(settled, restored or settled)
    elif step is not SUCCESS:
        assert said is step


# What is kept of what is heard.


def test_the_newest_answer_is_kept() -> None:
    failed = probing.hear(arrived(heard=PASS), FAILURE)
    passed = probing.hear(arrived(heard=FAILURE), heard_at(NOW - 1))

    assert failed.heard == FAILURE
    assert passed.heard == heard_at(NOW - 1)


def test_an_answer_that_says_the_same_is_no_news() -> None:
    again = Heard(began_at=NOW - 1, verdict=a_verdict(duration_s=0.7))

    assert probing.hear(arrived(heard=PASS), again).heard is PASS


def test_an_answer_that_was_overtaken_is_no_news() -> None:
    assert probing.hear(arrived(heard=FAILURE), PASS).heard is FAILURE


def test_answers_of_an_earlier_arrival_are_forgotten() -> None:
    job = arrived(heard=heard_at(RESTORED - 3), overdue_at=RESTORED - 1)

    told = probing.hear(job, heard_at(RESTORED - 2))
    lost = probing.hear(replace(job, memory=remembering()), PASS)

    assert told.heard is None
    assert (lost.heard, lost.overdue_at) == (None, None)


def test_silence_changes_nothing() -> None:
    job = arrived(heard=PASS)

    assert probing.hear(job, None) == job


def test_a_job_without_a_probe_hears_nothing() -> None:
    job = arrived(probe=None)

    assert probing.hear(job, PASS) is job


# When humans are told.


WAIT = Wait(waiting_for="probe")
LONG = NOW + LIMITS.probe_give_up_s


def test_humans_are_told_once_for_each_arrival() -> None:
    job = arrived()

    early = probing.note_overdue(job, WAIT, now=RESTORED + 300, limits=LIMITS)
    late = probing.note_overdue(job, WAIT, now=LONG, limits=LIMITS)
    again = probing.note_overdue(late, WAIT, now=LONG + 900, limits=LIMITS)

    assert early is job
    assert late.overdue_at == LONG
    assert again is late


@pytest.mark.parametrize("step", [SUCCESS, Wait(waiting_for="settle")])
def test_nobody_is_told_of_what_waits_for_something_else(step: Step) -> None:
    job = arrived()

    assert probing.note_overdue(job, step, now=LONG, limits=LIMITS) is job


def test_what_is_not_in_its_place_is_not_overdue() -> None:
    job = arrived(memory=remembering())

    assert probing.note_overdue(job, WAIT, now=LONG, limits=LIMITS) is job


def test_a_job_whose_humans_were_told_is_looked_at_patiently() -> None:
    def gap_s(job: Job) -> float:
        return cadence.gap_s(
            job=job,
            intents=(),
            now=NOW,
            learned=cadence.NOTHING_LEARNED,
            dense_s=0.05,
            limits=LIMITS,
        )

    assert gap_s(arrived()) == LIMITS.poll_idle_s
    assert gap_s(arrived(overdue_at=NOW)) == LIMITS.parked_look_s


# A whole tick.


def look_at_standby() -> Any:
    return a_look(an_interface(held(STANDBY)), an_instance(STANDBY))


def test_a_tick_waits_for_the_probe_and_writes_that_it_does() -> None:
    done = ticked(arrived(waiting_for="verify"), look_at_standby())

    assert isinstance(done.step, Wait)
    assert done.change is not None
    assert done.change.job.waiting_for == "probe"
    assert not done.change.is_overdue


def test_a_tick_that_hears_the_same_again_writes_nothing() -> None:
    def tick_after(job: Job, heard: Heard) -> Ticked:
        return tick(
            work=replace(work(job), heard=heard),
            observation=look_at_standby(),
            facts=facts(),
            now=NOW,
            limits=LIMITS,
            intent_id=job.id,
        )

    first = tick_after(arrived(), FAILURE)
    again = replace(FAILURE, began_at=NOW - 1)
    second = tick_after(first.job, again)

    assert first.change is not None
    assert first.change.job.heard == FAILURE
    assert second.change is None


def test_a_tick_tells_that_the_probe_is_overdue() -> None:
    ago = NOW - LIMITS.probe_give_up_s - 1
    memory = replace(arrived().memory, settled_since=ago, state_since=ago)
    job = arrived(waiting_for="probe", restored_at=ago, memory=memory)

    done = ticked(job, look_at_standby())

    assert done.change is not None
    assert done.change.is_overdue
    assert done.change.job.state is State.RUNNING
    assert done.change.job.overdue_at == NOW


def test_a_tick_ends_with_what_the_run_has_heard() -> None:
    job = arrived(waiting_for="probe")
    done = tick(
        work=replace(work(job), heard=PASS),
        observation=look_at_standby(),
        facts=facts(),
        now=NOW,
        limits=LIMITS,
        intent_id=job.id,
    )

    assert done.step == SUCCESS
    assert done.change is not None
    assert done.change.job.heard == PASS
