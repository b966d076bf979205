"""The driver: whose turn it is, leases, cancels (protocol P6, P10)."""

from failover.engine import drive
from failover.engine.job import Action, Aim, Kind, Outcome, State
from failover.engine.limits import Limits
from tests.engine.cast import (
    AT_STANDBY,
    JOB_ID,
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    a_detach,
    a_job,
    held,
    under_way,
)
from tests.engine.desk import REGION, SECOND, Desk, another, settled_job

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


# A whole job.


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
