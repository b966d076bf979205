"""A round: which look serves whom, one call a look, what is written (protocol P1)."""

import pytest

from failover.engine.job import Action, Aim, State
from failover.engine.topology import Rank
from tests.engine.cast import (
    ADDRESS,
    AT_PRIMARY,
    AT_STANDBY,
    JOB_ID,
    LIMITS,
    NOW,
    PRIMARY,
    PRIVATE_IP,
    STANDBY,
    STRANGER,
    a_detach,
    a_job,
    held,
    remembering,
    under_way,
)
from tests.engine.desk import SECOND, Desk, another, fresh_request, settled_job

# Looks and calls.


def test_one_look_serves_every_job_and_each_makes_its_call(desk: Desk) -> None:
    desk.add(a_job())
    desk.add(another(a_job()))
    desk.drive()
    assert len(desk.looks) == 1

    desk.tell(desk.seen(held(), held()))

    assert [i.job_id for i, _ in desk.sent] == [JOB_ID, SECOND] or [
        i.job_id for i, _ in desk.sent
    ] == [SECOND, JOB_ID]


def test_one_look_makes_one_call(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    look = desk.seen(held())

    desk.tell(look, look)

    assert [i.call.action for i, _ in desk.sent] == [Action.DETACH]


def test_a_call_goes_out_under_the_fence_of_its_intent(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(desk.seen(held()))

    intent, fence = desk.sent[0]
    assert desk.store.rows[JOB_ID].intents == (intent,)
    assert fence.version == desk.job(JOB_ID).version
    assert desk.store.is_open_for(fence)


def test_a_look_that_began_before_the_claim_is_not_used(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(desk.seen(held(), began_at=NOW - 1))

    assert desk.sent == []


def test_a_look_that_began_before_our_call_ended_is_not_used(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.tell(desk.seen(held()))
    early = desk.seen(None)
    desk.tell(desk.receipt())

    desk.tell(early)

    assert len(desk.sent) == 1


def test_an_older_look_than_the_last_is_not_used(desk: Desk) -> None:
    desk.add(under_way(), a_detach())
    desk.drive()
    old = desk.seen(None)
    desk.tell(desk.seen(held(status="detaching")))

    desk.tell(old)

    assert desk.sent == []


def test_a_look_that_came_late_makes_no_call(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(desk.seen(held(), age_s=1.1))

    assert desk.sent == []
    assert desk.job(JOB_ID).first_intent_at is None


def test_a_look_that_came_late_ends_nothing(desk: Desk) -> None:
    desk.add(settled_job())
    desk.drive()

    desk.tell(desk.seen(held(STANDBY), age_s=2.1))

    assert desk.job(JOB_ID).state is State.RUNNING


def test_an_end_shows_in_the_mirror_and_frees_the_region(desk: Desk) -> None:
    desk.add(settled_job())
    desk.drive()
    look = desk.seen(held(STANDBY))

    desk.tell(look)

    assert desk.job(JOB_ID).state is State.SUCCEEDED
    assert desk.store.mirrored[a_job().interface_id] == look
    assert desk.store.desired[a_job().interface_id].instance_id == STANDBY
    assert desk.store.locks == {}
    assert desk.result is False


# P9: the look of the request.


def test_the_first_detach_goes_out_without_a_look(desk: Desk) -> None:
    desk.add(fresh_request())

    desk.drive()

    assert [i.call.attachment_id for i, _ in desk.sent] == [AT_PRIMARY]
    assert desk.looks == []


def test_an_old_request_is_looked_at_first(desk: Desk) -> None:
    desk.add(fresh_request())
    desk.at += 2

    desk.drive()

    assert desk.sent == []
    assert len(desk.looks) == 1


# Parked.


def test_a_parked_job_is_let_go_and_due_again_soon(desk: Desk) -> None:
    memory = remembering(
        state_key="eni-attach-2:ATTACHED", attachment_id=AT_STANDBY, state_since=NOW - 9
    )
    desk.add(under_way(memory=memory))
    desk.drive()

    desk.tell(desk.seen(held(STRANGER)))

    row = desk.store.rows[JOB_ID]
    assert row.job.state is State.PARKED
    assert desk.result is False
    assert row.lease_until == 0.0
    assert row.next_run_at == pytest.approx(NOW + LIMITS.parked_look_s, abs=0.1)
    assert desk.store.locks == {str(JOB_ID): JOB_ID}


def test_a_parked_job_that_stays_so_is_looked_at_slowly(desk: Desk) -> None:
    memory = remembering(
        state_key="eni-attach-2:ATTACHED",
        attachment_id=AT_STANDBY,
        rank=Rank.ATTACHED,
        state_since=NOW - 9,
    )
    job = under_way(
        memory=memory,
        state=State.PARKED,
        parked_at=NOW - 5,
        started_at=NOW - 9,
        why="foreign_instance",
        why_args=(("instance", STRANGER),),
        waiting_for="human",
    )
    desk.add(job)
    desk.drive()
    desk.tell(desk.seen(held(STRANGER)))
    desk.tell(desk.seen(held(STRANGER)), after_s=0.5)
    looks = len(desk.looks)

    desk.tell(after_s=1.0)
    assert len(desk.looks) == looks
    desk.tell(after_s=1.2)

    assert len(desk.looks) == looks + 1


def test_a_parked_job_is_shown_its_addresses_by_the_first_look(desk: Desk) -> None:
    desk.add(
        under_way(
            state=State.PARKED, parked_at=NOW - 5, snapshot=((ADDRESS, PRIVATE_IP),)
        )
    )
    desk.drive()

    assert ADDRESS in desk.looks[0].allocation_ids


# One job's failure.


def test_a_tick_that_fails_does_not_stop_the_others(desk: Desk) -> None:
    desk.add(a_job())
    # A snapshot that no code of ours writes.
    desk.add(another(a_job(snapshot=None)))
    desk.drive()

    desk.tell(desk.seen(held(), held()))

    assert len(desk.failures) == 1
    assert [i.job_id for i, _ in desk.sent] == [JOB_ID]


def test_only_what_has_changed_is_mirrored(desk: Desk) -> None:
    desk.add(settled_job())
    desk.add(another(under_way(started_at=NOW - 9)), a_detach())
    desk.drive()

    desk.tell(desk.seen(held(STANDBY), held(status="detaching")))
    assert set(desk.store.mirrored) == {a_job().interface_id, "eni-second"}
    desk.store.mirrored.clear()
    desk.tell(after_s=0.06)
    desk.tell(desk.seen(held(status="detaching")))

    assert desk.store.mirrored == {}


def test_of_two_looks_that_end_together_the_newer_counts(desk: Desk) -> None:
    desk.add(under_way(), a_detach())
    desk.drive()
    old = desk.seen(held(status="detaching"))
    new = desk.seen(None)

    desk.tell(old, new)

    assert [i.call.action for i, _ in desk.sent] == [Action.ATTACH]


def test_a_parked_job_that_cannot_have_its_slot_is_not_asked_in_a_hurry(
    desk: Desk,
) -> None:
    gone = remembering(state_key="free", state_since=NOW - 9, dead=(AT_PRIMARY,))
    job = under_way(
        state=State.PARKED, parked_at=NOW - 5, aim=Aim.SOURCE, turns=1, memory=gone
    )
    lent = frozenset({f"1:eu:slot:{PRIMARY}:1"})
    rival = another(a_job(state=State.SUCCEEDED))
    desk.store.request(job=job, locks=frozenset({"1:eu:interface:eni-1"}))
    desk.store.request(job=rival, locks=lent)
    desk.store.rows[JOB_ID].intents = (a_detach(),)
    desk.drive()

    desk.tell(desk.seen(None))
    desk.tell(after_s=0.01)

    assert desk.sent == []
    assert (desk.job(JOB_ID).state, desk.job(JOB_ID).why) == (
        State.PARKED,
        "slot_taken",
    )
    looks = len(desk.looks)
    desk.tell(after_s=1.0)
    assert len(desk.looks) == looks
