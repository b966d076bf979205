"""What one tick leaves on the job's row."""

from failover.engine.job import Action, Aim, Job, Kind, State
from failover.engine.steps import Finish, Park, Send, Wait
from failover.engine.tick import conclude
from failover.engine.topology import Rank
from tests.engine.cast import (
    AT_PRIMARY,
    AT_STANDBY,
    NOW,
    PRIMARY,
    STANDBY,
    STRANGER,
    a_detach,
    a_job,
    a_look,
    an_attach,
    an_interface,
    held,
    refused,
    remembering,
    under_way,
    work,
)
from tests.engine.ticking import INTENT_ID, ticked


def test_a_call_is_written_as_an_intent_on_the_version_that_was_read() -> None:
    done = ticked(a_job(version=4), a_look(an_interface(held())))

    change = done.change
    assert change is not None
    assert (change.job_version, change.job.version, change.fence_token) == (4, 5, 1)
    assert change.intent is not None
    assert (change.intent.id, change.intent.seq) == (INTENT_ID, 1)
    assert change.intent.call.action is Action.DETACH
    assert change.intent.intent_at == NOW


def test_the_first_intent_is_the_point_of_no_return() -> None:
    done = ticked(a_job(), a_look(an_interface(held())))

    assert done.job.first_intent_at == done.job.started_at == NOW


def test_the_first_intent_stays_the_first() -> None:
    done = ticked(under_way(), a_look(an_interface()), a_detach())

    assert done.change is not None
    assert done.change.intent is not None
    assert done.change.intent.seq == 2
    assert done.job.first_intent_at == NOW - 9


def test_a_wait_that_taught_nothing_writes_nothing() -> None:
    first = ticked(under_way(), a_look(an_interface(held())), a_detach())

    second = ticked(first.job, a_look(an_interface(held())), a_detach())

    assert first.change is not None
    assert isinstance(second.step, Wait)
    assert second.change is None
    assert second.job.memory.polls_detach == 2


def test_a_stale_look_leaves_what_is_waited_for() -> None:
    memory = remembering(dead=(AT_PRIMARY,), state_key="free")
    job = under_way(memory=memory, waiting_for="attached", started_at=NOW - 9)

    done = ticked(job, a_look(an_interface(held())), a_detach())

    assert done.change is None
    assert done.job.waiting_for == "attached"


def test_a_first_look_that_is_unclear_says_so() -> None:
    done = ticked(a_job(), a_look(None))

    assert done.job.waiting_for == "clear_view"


def test_a_turn_is_decided_upon_at_once() -> None:
    sent = refused(an_attach(), "UnauthorizedOperation")

    done = ticked(under_way(restored_at=NOW - 1), a_look(an_interface()), sent)

    assert (done.job.aim, done.job.turns, done.job.why) == (
        Aim.SOURCE,
        1,
        "attach_refused",
    )
    assert done.job.restored_at is None
    assert isinstance(done.step, Send)
    assert done.step.call.instance_id == PRIMARY


def test_a_turn_at_the_source_aims_at_the_target_again() -> None:
    sent = refused(an_attach(PRIMARY), "UnauthorizedOperation")

    done = ticked(under_way(aim=Aim.SOURCE), a_look(an_interface()), sent)

    assert done.job.aim is Aim.TARGET


def test_two_turns_on_one_look_wait_for_facts() -> None:
    first = refused(a_detach(), "UnauthorizedOperation")
    job = under_way(to_instance_id=PRIMARY, from_instance_id=STANDBY)
    again = refused(an_attach(), "UnauthorizedOperation")
    stuck = a_look(an_interface(held(status="attaching")))
    # Attaching for long at the end aimed at, and turned to a hopeless other end.
    memory = remembering(
        state_key="eni-attach-1:ATTACHING",
        state_since=NOW - 99,
        attachment_id=AT_PRIMARY,
        rank=Rank.ATTACHING,
    )

    done = ticked(
        under_way(
            to_instance_id=job.to_instance_id,
            from_instance_id=PRIMARY,
            memory=memory,
        ),
        stuck,
        first,
        again,
    )

    assert done.job.turns == 2
    assert done.job.waiting_for == "facts"


def test_a_forced_detach_burns_the_index() -> None:
    memory = remembering(
        attachment_id=AT_PRIMARY,
        rank=Rank.DETACHING,
        state_key="eni-attach-1:DETACHING",
        state_since=NOW - 40,
    )
    job = under_way(force_after_s=30.0, memory=memory)

    done = ticked(job, a_look(an_interface(held(status="detaching"))))

    assert done.job.is_index_burnt


def test_a_parked_job_says_why_and_since_when() -> None:
    memory = remembering(
        attachment_id=AT_STANDBY,
        rank=Rank.ATTACHED,
        state_key="eni-attach-2:ATTACHED",
        state_since=NOW - 9,
    )

    done = ticked(under_way(memory=memory), a_look(an_interface(held(STRANGER))))

    assert isinstance(done.step, Park)
    assert (done.job.state, done.job.why) == (State.PARKED, "foreign_instance")
    assert (done.job.parked_at, done.job.waiting_for) == (NOW, "human")


def parked(**changes: object) -> Job:
    return under_way(state=State.PARKED, parked_at=NOW - 60, **changes)


def test_a_parked_job_stays_parked_while_the_world_stands_still() -> None:
    job = parked(memory=remembering(state_key="free"))

    done = ticked(job, a_look(None))

    assert done.job.state is State.PARKED
    assert done.job.parked_at == NOW - 60


def test_a_parked_job_goes_on_when_the_world_has_moved() -> None:
    memory = remembering(state_key="free")

    done = ticked(parked(memory=memory), a_look(an_interface(held())), a_detach())

    assert done.job.state is State.RUNNING
    assert done.job.parked_at is None


def test_a_parked_job_that_tries_a_refused_end_again_stays_parked() -> None:
    sent = refused(an_attach(ended_at=NOW - 31), "UnauthorizedOperation")
    job = parked(memory=remembering(state_key="free"))

    done = ticked(job, a_look(an_interface()), sent)

    assert isinstance(done.step, Send)
    assert done.step.call.action is Action.ATTACH
    assert (done.job.state, done.job.parked_at) == (State.PARKED, NOW - 60)


def test_an_end_names_the_holder_that_was_seen() -> None:
    memory = remembering(
        settled_since=NOW - 6,
        attachment_id=AT_STANDBY,
        rank=Rank.ATTACHED,
        state_key="eni-attach-2:ATTACHED",
        state_since=NOW - 6,
    )
    job = under_way(memory=memory, restored_at=NOW - 6)

    done = ticked(job, a_look(an_interface(held(STANDBY))), a_detach(), an_attach())

    assert isinstance(done.step, Finish)
    assert done.change is not None
    assert done.change.holder == STANDBY
    assert (done.job.state, done.job.finished_at) == (State.SUCCEEDED, NOW)


def test_an_end_in_the_air_names_no_holder() -> None:
    job = under_way(
        kind=Kind.DETACH,
        to_instance_id=None,
        memory=remembering(settled_since=NOW - 6, state_key="free"),
    )

    done = ticked(job, a_look(an_interface()), a_detach())

    assert done.job.state is State.SUCCEEDED
    assert done.change is not None
    assert done.change.holder is None


def test_a_step_without_a_look_names_no_holder() -> None:
    step = Finish(state=State.CANCELLED, why="no_longer_possible")

    done = conclude(
        work=work(a_job()),
        job=a_job(),
        seen=None,
        step=step,
        now=NOW,
        intent_id=INTENT_ID,
    )

    assert done.change is not None
    assert (done.change.holder, done.change.holder_known) == (None, False)


def test_nobody_vouches_for_what_a_cancel_released() -> None:
    job = under_way(
        state=State.PARKED,
        parked_at=NOW - 9,
        cancel_requested_at=NOW - 1,
        memory=remembering(
            attachment_id=AT_STANDBY,
            rank=Rank.ATTACHED,
            state_key="eni-attach-2:ATTACHED",
            state_since=NOW - 9,
        ),
    )

    done = ticked(job, a_look(an_interface(held(STRANGER))), a_detach())

    assert done.job.state is State.CANCELLED
    assert done.change is not None
    assert (done.change.holder, done.change.holder_known) == (None, False)
