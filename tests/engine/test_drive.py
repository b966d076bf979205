"""The driver: rounds, calls, cancels, brakes and leases (protocol P1, P6, P9, P10)."""

from dataclasses import replace
from uuid import UUID

import pytest

from failover.engine import drive
from failover.engine.job import Action, Aim, Job, Kind, Outcome, State
from failover.engine.limits import Limits
from failover.engine.topology import InterfaceId, Rank
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
    an_attach,
    an_instance,
    held,
    refused,
    remembering,
    under_way,
)
from tests.engine.desk import REGION, Desk

SECOND = UUID(int=2)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def another(job: Job) -> Job:
    return replace(job, id=SECOND, interface_id=InterfaceId("eni-second"))


# Whose turn it is.


def test_a_region_with_nothing_due_is_released_at_once(desk: Desk) -> None:
    desk.drive()

    assert desk.result is False
    assert desk.store.regions[REGION].owner == ""


def test_a_region_that_another_drives_is_left_alone(desk: Desk) -> None:
    desk.store.take_region(region_id=REGION, owner="rival", ttl_s=15.0)

    desk.drive()

    assert desk.result is False
    assert desk.store.regions[REGION].owner == "rival"


def test_a_driver_that_ends_leaves_what_it_held_to_the_next(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.is_stopping = True

    desk.tell()

    assert desk.result is True
    assert desk.store.rows[JOB_ID].lease_until == 0.0
    assert desk.store.is_due(region_id=REGION)


def test_a_driver_that_is_woken_while_it_lets_go_asks_for_the_next(
    desk: Desk,
) -> None:
    desk.is_stopping = True
    desk.drive()
    assert desk.result is False

    desk.is_stopping = False
    desk.add(a_job())
    desk.drive()
    desk.store.wake(region_id=REGION)
    desk.is_stopping = True
    desk.tell()

    assert desk.result is True
    assert desk.store.regions[REGION].owner == ""


def test_a_region_that_was_woken_is_looked_at_once_more(desk: Desk) -> None:
    desk.add(settled_job())
    desk.drive()
    desk.store.wake(region_id=REGION)

    desk.tell(desk.seen(held(STANDBY)))

    assert desk.job(JOB_ID).state is State.SUCCEEDED
    assert desk.result is False


def test_a_run_ends_after_its_time(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(after_s=LIMITS.run_for_s + 1)

    assert desk.result is True


def test_a_run_does_not_end_before_its_calls_have(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.tell(desk.seen(held()))
    desk.is_stopping = True

    desk.tell()
    assert desk.result is None
    desk.tell(desk.receipt())

    assert desk.result is True
    assert desk.store.rows[JOB_ID].intents[0].outcome is Outcome.OK


def test_a_run_that_is_ending_begins_no_call(desk: Desk) -> None:
    desk.add(a_job())
    desk.add(another(a_job()))
    desk.drive()
    desk.tell(desk.seen(None, held()))
    assert len(desk.sent) == 2
    desk.is_stopping = True

    desk.tell(desk.receipt(nth=0))
    sent = len(desk.sent)
    desk.tell(after_s=0.5)

    assert len(desk.sent) == sent
    assert desk.result is None


def test_leases_are_renewed_before_they_are_over(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(after_s=6.0)

    assert desk.store.rows[JOB_ID].lease_until > NOW + LIMITS.lease_ttl_s
    assert desk.store.regions[REGION].lease_until > NOW + LIMITS.lease_ttl_s


def test_a_job_that_another_took_is_dropped(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.store.rows[JOB_ID].fence_token += 1
    look = desk.seen(held())
    desk.tell(after_s=0.2)

    desk.tell(look)

    assert desk.sent == []


def test_a_job_that_another_took_is_not_written(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.store.rows[JOB_ID].fence_token += 1

    desk.tell(desk.seen(held()))

    assert desk.sent == []
    assert desk.job(JOB_ID).first_intent_at is None


def test_a_new_job_is_taken_up_while_another_is_driven(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.add(another(a_job()))

    desk.tell(after_s=0.2)

    assert desk.store.rows[SECOND].owner == "me"


# Looks and calls.


def test_the_first_look_shows_the_interface_and_both_ends(desk: Desk) -> None:
    desk.add(a_job())

    desk.drive()

    assert desk.looks[0].interface_ids == {a_job().interface_id}
    assert desk.looks[0].instance_ids == {PRIMARY, STANDBY}


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


def settled_job(**changes: object) -> Job:
    memory = remembering(
        settled_since=NOW - 6,
        attachment_id=AT_STANDBY,
        state_key="eni-attach-2:ATTACHED",
        state_since=NOW - 6,
    )
    return under_way(memory=memory, restored_at=NOW - 6, **changes)


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


def test_a_look_that_failed_tells_nothing_and_is_made_again_later(
    desk: Desk,
) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(desk.failed())
    assert len(desk.looks) == 1
    desk.tell(after_s=0.21)
    assert len(desk.looks) == 2
    desk.tell(desk.failed())
    desk.tell(after_s=0.3)
    assert len(desk.looks) == 2
    desk.tell(after_s=0.2)

    assert len(desk.looks) == 3


def test_a_failed_look_does_not_slow_down_other_jobs(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    failed = desk.failed()
    desk.add(another(under_way()))
    desk.tell(after_s=0.2)
    desk.tell(failed)
    looks = len(desk.looks)

    desk.tell(after_s=0.06)

    assert desk.looks[looks - 1].interface_ids == {InterfaceId("eni-second")}


def test_at_most_four_looks_are_in_flight(desk: Desk) -> None:
    desk.add(under_way())
    desk.drive()

    for _ in range(20):
        desk.tell(after_s=0.06)

    assert len(desk.looks) == LIMITS.looks_in_flight


def test_looks_are_dense_while_dark_and_sparse_before(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.tell(after_s=0.5)
    assert len(desk.looks) == 1
    desk.tell(after_s=0.6)
    assert len(desk.looks) == 2

    desk.tell(desk.seen(held()))
    desk.tell(desk.receipt())
    looks = len(desk.looks)
    for _ in range(3):
        desk.tell(desk.seen(held(status="detaching")), after_s=0.055)

    assert len(desk.looks) >= looks + 2


def test_instances_are_read_every_two_seconds_only(desk: Desk) -> None:
    desk.add(under_way(), a_detach())
    desk.drive()
    desk.tell(desk.seen(held(status="detaching")))
    desk.tell(after_s=0.1)
    assert desk.looks[-1].instance_ids == frozenset()

    desk.tell(desk.seen(held(status="detaching")), after_s=2.1)

    assert desk.looks[-1].instance_ids == {PRIMARY, STANDBY}


def test_newer_facts_of_an_instance_are_kept(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    old = desk.seen(held(), instances=[an_instance(STANDBY, "stopped")])
    new = replace(old, instances={STANDBY: an_instance()}, began_at=desk.now())

    desk.tell(new, old)

    assert [i.call.action for i, _ in desk.sent] == [Action.DETACH]


def test_addresses_are_looked_for_when_one_is_missing(desk: Desk) -> None:
    allocation = type(ADDRESS)("eipalloc-lost")
    desk.add(settled_job(snapshot=((allocation, PRIVATE_IP),)))
    desk.drive()

    desk.tell(desk.seen(held(STANDBY)))
    desk.tell(after_s=1.1)

    assert desk.looks[-1].allocation_ids == {allocation}


def test_an_omitted_interface_is_asked_for_by_id(desk: Desk) -> None:
    desk.add(under_way(memory=remembering(omitted_since=NOW - 6)))
    desk.drive()
    nothing = replace(desk.seen(None), interfaces={})

    desk.tell(nothing)
    desk.tell(after_s=0.06)

    assert desk.looks[-1].confirm_ids == {a_job().interface_id}


def test_a_refused_call_is_followed_by_a_look_at_the_instances(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.tell(desk.seen(held()))

    desk.tell(desk.receipt(Outcome.REFUSED, code="IncorrectState"))

    assert desk.looks[-1].instance_ids == {PRIMARY, STANDBY}


def test_a_receipt_of_a_job_that_is_no_longer_ours_changes_nothing(
    desk: Desk,
) -> None:
    desk.add(a_job())
    desk.drive()
    desk.tell(desk.seen(held()))
    desk.add(another(a_job()))
    desk.tell(after_s=0.2)
    desk.store.rows[JOB_ID].fence_token += 1
    desk.tell(after_s=0.2)

    desk.tell(desk.receipt())

    assert desk.store.rows[JOB_ID].intents[0].outcome is None


def test_old_facts_of_the_target_are_read_again_at_once(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(desk.seen(held()), after_s=6)

    assert desk.sent == []
    assert len(desk.looks) == 2
    assert desk.looks[1].instance_ids == {PRIMARY, STANDBY}


def test_a_whole_swap_ends_where_it_was_asked_to(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(desk.seen(held()))
    desk.tell(desk.receipt())
    desk.tell(desk.seen(held(status="detaching")))
    desk.tell(after_s=3)
    desk.tell(desk.seen(None))
    desk.tell(desk.receipt(attachment_id=AT_STANDBY))
    desk.tell(desk.seen(held(STANDBY, "attaching")))
    desk.tell(after_s=2)
    desk.tell(desk.seen(held(STANDBY)))
    desk.tell(after_s=5.1)
    desk.tell(desk.seen(held(STANDBY)))

    job = desk.job(JOB_ID)
    assert (job.state, job.why) == (State.SUCCEEDED, "done")
    assert [i.call.action for i, _ in desk.sent] == [Action.DETACH, Action.ATTACH]
    assert job.outage_started_at is not None
    assert job.restored_at is not None
    assert 5 < job.restored_at - job.outage_started_at < 6


# P9: the look of the request.


def fresh_request(**changes: object) -> Job:
    return a_job(preflight_at=NOW - 0.5, preflight_attachment_id=AT_PRIMARY, **changes)


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


# P6: the brake.

DENIED = refused(an_attach(), "UnauthorizedOperation")


def dark(**changes: object) -> Job:
    memory = remembering(dead=(AT_PRIMARY,), state_key="free")
    return another(under_way(memory=memory, detached_at=NOW - 6, **changes))


def test_nobody_newly_goes_dark_while_an_attach_is_refused(desk: Desk) -> None:
    desk.add(dark(aim=Aim.SOURCE), a_detach(), DENIED)
    desk.add(fresh_request())

    desk.drive()
    desk.tell(desk.seen(None))

    assert [i.job_id for i, _ in desk.sent] == [SECOND]
    assert desk.job(JOB_ID).first_intent_at is None


@pytest.mark.parametrize(
    "ends", [(), (an_attach(),), (refused(an_attach(), "IncorrectState"),)]
)
def test_a_race_is_no_reason_to_brake(desk: Desk, ends: tuple[object, ...]) -> None:
    desk.add(dark(), a_detach(), *ends)  # type: ignore[arg-type]
    desk.add(fresh_request())

    desk.drive()

    assert [i.job_id for i, _ in desk.sent] == [JOB_ID]


# Cancel.


def test_a_cancel_before_the_first_call_sends_nothing(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.store.cancel(job_id=JOB_ID)

    desk.tell(desk.seen(held()))

    assert desk.sent == []
    assert desk.result is False
    assert desk.job(JOB_ID).state is State.CANCELLED


def test_a_cancel_closes_the_fence_before_a_call_that_is_on_its_way(
    desk: Desk,
) -> None:
    desk.add(a_job())
    desk.drive()
    desk.tell(desk.seen(held()))

    desk.store.cancel(job_id=JOB_ID)

    assert not desk.store.is_open_for(desk.sent[0][1])


def test_a_cancel_that_is_noticed_aims_back_at_the_source(desk: Desk) -> None:
    desk.add(under_way(), a_detach())
    desk.drive()
    desk.store.cancel(job_id=JOB_ID)
    desk.tell(after_s=0.2)

    desk.tell(desk.seen(None))

    assert desk.sent[0][0].call.instance_id == PRIMARY


def test_a_change_by_others_is_not_read_while_a_call_is_out(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.tell(desk.seen(held()))
    desk.store.cancel(job_id=JOB_ID)

    desk.tell(after_s=0.2)
    desk.tell(desk.receipt(Outcome.NOT_SENT))
    desk.tell(after_s=0.2)
    desk.tell(desk.seen(held()))

    assert desk.job(JOB_ID).aim is Aim.SOURCE
    assert len(desk.sent) == 1


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


# One job's failure.


def test_a_tick_that_fails_does_not_stop_the_others(desk: Desk) -> None:
    desk.add(a_job())
    # A snapshot that no code of ours writes.
    desk.add(another(a_job(snapshot=None)))
    desk.drive()

    desk.tell(desk.seen(held(), held()))

    assert len(desk.failures) == 1
    assert [i.job_id for i, _ in desk.sent] == [JOB_ID]


def test_a_plain_attach_is_driven_to_its_end() -> None:
    desk = Desk(limits=Limits(verify_after_s=0.5))
    desk.add(a_job(kind=Kind.ATTACH, from_instance_id=None))
    desk.drive()

    desk.tell(desk.seen(None))
    desk.tell(desk.receipt(attachment_id=AT_STANDBY))
    desk.tell(desk.seen(held(STANDBY)))
    desk.tell(after_s=0.6)
    desk.tell(desk.seen(held(STANDBY)))

    assert desk.job(JOB_ID).state is State.SUCCEEDED
    assert desk.job(JOB_ID).outage_started_at is None


def test_a_pause_says_when_something_is_due(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    assert isinstance(desk.pause, drive.Pause)
    assert NOW < desk.pause.until <= NOW + LIMITS.pull_every_s + 0.001
