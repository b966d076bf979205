"""The stamps of protocol P11: dark from when, restored when."""

from dataclasses import replace

import pytest

from failover.engine.job import Aim, Intent, Job, Kind, Outcome
from failover.engine.stamps import stamp_receipts
from failover.engine.steps import Wait
from failover.engine.topology import AttachmentId, Rank
from tests.engine.cast import (
    ADDRESS,
    AT_STANDBY,
    NOW,
    PRIMARY,
    PRIVATE_IP,
    STANDBY,
    a_detach,
    a_job,
    a_look,
    an_attach,
    an_interface,
    held,
    refused,
    remembering,
    under_way,
)
from tests.engine.ticking import ticked


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
    job = stamp_receipts(job=a_job(), intents=[a_detach()])
    assert job.outage_started_at == NOW - 5.1
    unsent = a_detach(sent_at=None)
    job = stamp_receipts(job=a_job(), intents=[unsent])
    assert job.outage_started_at == unsent.intent_at


@pytest.mark.parametrize(
    "intent",
    [a_detach(outcome=Outcome.UNKNOWN), an_attach(), a_detach(outcome=None)],
)
def test_other_receipts_are_no_outage(intent: Intent) -> None:
    assert stamp_receipts(job=a_job(), intents=[intent]) == a_job()


def test_an_unanswered_detach_of_an_attachment_that_is_gone_began_the_outage() -> None:
    unanswered = a_detach(outcome=Outcome.UNKNOWN, sent_at=NOW - 12)
    call = replace(unanswered.call, attachment_id=AT_STANDBY)
    of_another = replace(a_detach(), call=call)

    job = stamp_receipts(job=a_job(), intents=[unanswered, of_another])
    assert job.outage_started_at == NOW - 12


def test_an_unanswered_detach_that_was_sent_again_may_have_been_lost() -> None:
    unanswered = a_detach(outcome=Outcome.UNKNOWN, sent_at=NOW - 12)

    job = stamp_receipts(job=a_job(), intents=[unanswered, a_detach()])
    assert job.outage_started_at == NOW - 5.1


def test_what_was_free_before_it_was_asked_to_be_is_no_outage() -> None:
    job = a_job(kind=Kind.DETACH, to_instance_id=None)

    done = ticked(job, a_look(an_interface()))

    assert done.job.outage_started_at is None


def test_what_was_only_throttled_moved_nothing_and_restores_nothing() -> None:
    job = before_the_dark(aim=Aim.SOURCE)
    throttled = a_detach(outcome=Outcome.THROTTLED)

    done = ticked(job, a_look(an_interface(held(PRIMARY))), throttled)

    assert done.job.restored_at is None
    assert done.job.memory.settled_since is not None


def test_an_outage_begins_once() -> None:
    job = a_job(outage_started_at=NOW - 8)

    assert stamp_receipts(job=job, intents=[a_detach()]) == job


def test_a_receipt_that_comes_late_mends_an_outage_told_from_the_intent() -> None:
    sent = a_detach(intent_at=NOW - 9, sent_at=NOW - 5, outcome=Outcome.UNKNOWN)
    job = a_job(first_intent_at=NOW - 9, outage_started_at=NOW - 9)

    done = ticked(job, a_look(an_interface()), sent)

    assert done.job.outage_started_at == NOW - 5


def test_a_detach_that_never_left_began_no_outage() -> None:
    unsent = a_detach(intent_at=NOW - 9, sent_at=None, outcome=Outcome.NOT_SENT)
    second = a_detach(intent_at=NOW - 4, sent_at=NOW - 3, seq=2)
    job = a_job(first_intent_at=NOW - 9, outage_started_at=NOW - 9)

    done = ticked(job, a_look(an_interface()), unsent, second)

    assert done.job.outage_started_at == NOW - 3


def test_the_snapshot_must_be_whole_at_the_end() -> None:
    memory = remembering(settled_since=NOW - 6)
    job = under_way(memory=memory, snapshot=((ADDRESS, PRIVATE_IP),))

    done = ticked(job, a_look(an_interface(held(STANDBY), addresses=())))

    assert isinstance(done.step, Wait)
    assert done.job.waiting_for == "addresses"
