"""What one tick leaves on the job's row, and the stamps of protocol P11."""

from uuid import UUID

import pytest

from failover.engine.job import Action, Aim, Intent, Job, Kind, Outcome, State
from failover.engine.refusals import Fact
from failover.engine.stamps import stamp_receipt
from failover.engine.steps import Finish, Park, Send, Wait
from failover.engine.tick import Ticked, conclude, tick
from failover.engine.topology import AttachmentId, InstanceId, Observation, Rank
from tests.engine.cast import (
    ADDRESS,
    AT_PRIMARY,
    AT_STANDBY,
    LIMITS,
    NOW,
    PRIMARY,
    PRIVATE_IP,
    STANDBY,
    STRANGER,
    a_detach,
    a_job,
    a_look,
    an_attach,
    an_interface,
    facts,
    held,
    refused,
    remembering,
    under_way,
    work,
)

INTENT_ID = UUID(int=77)


def ticked(
    job: Job,
    observation: Observation,
    *intents: Intent,
    known: dict[InstanceId, Fact] | None = None,
) -> Ticked:
    return tick(
        work=work(job, *intents),
        observation=observation,
        facts=facts() if known is None else known,
        now=NOW,
        limits=LIMITS,
        intent_id=INTENT_ID,
    )


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


# Stamps.


def before_the_dark(**changes: object) -> Job:
    return a_job(first_intent_at=NOW - 9, **changes)


def test_the_outage_begins_when_the_detach_that_took_effect_was_sent() -> None:
    denied = refused(a_detach(sent_at=NOW - 8), "IncorrectState")
    unanswered = a_detach(sent_at=NOW - 7, outcome=Outcome.UNKNOWN)

    done = ticked(
        before_the_dark(),
        a_look(an_interface(held(status="detaching"))),
        denied,
        unanswered,
        a_detach(sent_at=NOW - 6),
    )

    assert done.job.outage_started_at == NOW - 7


def test_a_detach_without_a_sending_time_counts_from_its_intent() -> None:
    lost = a_detach(sent_at=None, outcome=None)

    done = ticked(before_the_dark(), a_look(an_interface()), lost)

    assert done.job.outage_started_at == lost.intent_at


def test_a_third_partys_detach_counts_from_when_it_was_last_seen_attached() -> None:
    memory = remembering(last_attached_at=NOW - 3)

    done = ticked(before_the_dark(memory=memory), a_look(an_interface()))

    assert done.job.outage_started_at == NOW - 3


def test_an_outage_that_nobody_saw_begin_begins_with_the_look() -> None:
    look = a_look(an_interface())

    done = ticked(before_the_dark(), look)

    assert done.job.outage_started_at == look.ended_at


def test_an_attach_of_a_free_interface_is_no_outage() -> None:
    job = before_the_dark(kind=Kind.ATTACH, from_instance_id=None)

    done = ticked(job, a_look(an_interface()))

    assert done.job.outage_started_at is None


def test_it_is_restored_when_a_look_shows_it_attached() -> None:
    look = a_look(an_interface(held(STANDBY)))

    done = ticked(under_way(), look, a_detach(), an_attach())

    assert done.job.restored_at == look.ended_at
    assert done.job.memory.settled_since == look.began_at


def test_it_stays_restored_since_the_first_look() -> None:
    memory = remembering(
        settled_since=NOW - 2.1,
        attachment_id=AT_STANDBY,
        rank=Rank.ATTACHED,
        state_key="eni-attach-2:ATTACHED",
        state_since=NOW - 2.1,
    )
    job = under_way(restored_at=NOW - 2, memory=memory)

    done = ticked(job, a_look(an_interface(held(STANDBY))), a_detach(), an_attach())

    assert done.job.restored_at == NOW - 2
    assert done.job.memory.settled_since == NOW - 2.1


def test_another_attachment_at_the_target_is_restored_anew() -> None:
    """Somebody detached it and attached it again between two looks."""
    memory = remembering(
        settled_since=NOW - 6,
        attachment_id=AttachmentId("eni-attach-earlier"),
        rank=Rank.ATTACHED,
        state_key="eni-attach-earlier:ATTACHED",
        state_since=NOW - 6,
    )
    look = a_look(an_interface(held(STANDBY)))
    job = under_way(restored_at=NOW - 6, memory=memory)

    done = ticked(job, look, a_detach(), an_attach())

    assert isinstance(done.step, Wait)
    assert done.job.restored_at == look.ended_at
    assert done.job.memory.settled_since == look.began_at


def test_nothing_is_restored_where_nothing_was_sent() -> None:
    sent = an_attach(outcome=Outcome.NOT_SENT)

    done = ticked(a_job(), a_look(an_interface(held(STANDBY))), sent)

    assert done.job.restored_at is None
    assert done.job.memory.settled_since == NOW - 0.1


@pytest.mark.parametrize(
    "interface",
    [
        an_interface(),
        an_interface(held(STANDBY, "detaching")),
        an_interface(held(PRIMARY)),
    ],
)
def test_it_is_no_longer_restored_when_it_shows_elsewhere(interface: object) -> None:
    memory = remembering(settled_since=NOW - 2)
    job = under_way(restored_at=NOW - 2, memory=memory)

    done = ticked(job, a_look(interface))  # type: ignore[arg-type]

    assert done.job.restored_at is None
    assert done.job.memory.settled_since is None


def test_an_attachment_whose_detach_was_accepted_does_not_count() -> None:
    done = ticked(under_way(aim=Aim.SOURCE), a_look(an_interface(held())), a_detach())

    assert done.job.restored_at is None
    assert done.job.memory.settled_since is None


def test_the_first_free_look_is_when_it_was_detached() -> None:
    look = a_look(an_interface())
    first = ticked(under_way(), look, a_detach())

    second = ticked(first.job, a_look(an_interface()), a_detach())

    assert first.job.detached_at == second.job.detached_at == look.ended_at


def test_lying_free_settles_with_the_first_look() -> None:
    job = under_way(kind=Kind.DETACH, to_instance_id=None)

    done = ticked(job, a_look(an_interface()), a_detach())

    assert done.job.memory.settled_since == NOW - 0.1


def test_looks_are_counted_for_each_wait_and_not_after() -> None:
    job = under_way(detached_at=NOW - 5)

    dark = ticked(job, a_look(an_interface()), a_detach(), an_attach())
    bright = ticked(
        under_way(restored_at=NOW - 1), a_look(an_interface(held(STANDBY))), a_detach()
    )

    assert dark.job.memory.polls_attach == 1
    assert bright.job.memory.polls_attach == bright.job.memory.polls_detach == 0


def test_an_accepted_detach_is_an_outage_from_its_sending() -> None:
    assert stamp_receipt(job=a_job(), intent=a_detach()).outage_started_at == NOW - 5.1
    unsent = a_detach(sent_at=None)
    job = stamp_receipt(job=a_job(), intent=unsent)
    assert job.outage_started_at == unsent.intent_at


@pytest.mark.parametrize(
    "intent",
    [a_detach(outcome=Outcome.UNKNOWN), an_attach(), a_detach(outcome=None)],
)
def test_other_receipts_are_no_outage(intent: Intent) -> None:
    assert stamp_receipt(job=a_job(), intent=intent) == a_job()


def test_an_outage_begins_once() -> None:
    job = a_job(outage_started_at=NOW - 8)

    assert stamp_receipt(job=job, intent=a_detach()) == job


def test_the_snapshot_must_be_whole_at_the_end() -> None:
    memory = remembering(settled_since=NOW - 6)
    job = under_way(memory=memory, snapshot=((ADDRESS, PRIVATE_IP),))

    done = ticked(job, a_look(an_interface(held(STANDBY), addresses=())))

    assert isinstance(done.step, Wait)
    assert done.job.waiting_for == "addresses"
