"""What a driver lets begin and lets out (protocol P6, P8)."""

from dataclasses import replace

import pytest

from failover.engine.errands import Rehearsed
from failover.engine.job import Action, Aim, Kind, State
from failover.engine.topology import AttachmentId, InstanceId, Rank
from tests.engine.cast import (
    AT_STANDBY,
    JOB_ID,
    NOW,
    STANDBY,
    a_detach,
    a_job,
    an_attach,
    an_instance,
    held,
    refused,
    remembering,
    under_way,
)
from tests.engine.desk import (
    REGION,
    SECOND,
    Desk,
    another,
    dark,
    fresh_request,
    many,
)

# P6: the brake.


DENIED = refused(an_attach(), "UnauthorizedOperation")


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


# P6: a burst asks first whether our role may attach.


def burst(desk: Desk, count: int = 6) -> None:
    for job in many(count):
        desk.add(job)
    desk.drive()


def test_before_a_burst_nobody_is_even_looked_at(desk: Desk) -> None:
    burst(desk)

    assert desk.looks == []
    (asked,) = desk.rehearsed
    assert (asked.action, asked.instance_id, asked.device_index) == (
        Action.ATTACH,
        "i-0000-b",
        1,
    )


def test_the_rehearsal_is_paid_for(desk: Desk) -> None:
    burst(desk)

    bucket = desk.store.budget(region_id=REGION).buckets[Action.ATTACH]
    assert bucket.level == 49


def test_with_permission_the_burst_begins(desk: Desk) -> None:
    burst(desk)

    desk.tell(Rehearsed(is_allowed=True))

    assert len(desk.looks[0].interface_ids) == 6
    assert len(desk.rehearsed) == 1


def test_a_role_that_may_not_attach_ends_the_burst_with_nothing_sent(
    desk: Desk,
) -> None:
    burst(desk)
    desk.tell(Rehearsed(is_allowed=False))

    ties = [
        replace(
            held(),
            id=AttachmentId(f"eni-attach-{n}"),
            instance_id=InstanceId(f"i-{n:04d}-a"),
        )
        for n in range(6)
    ]
    targets = [an_instance(InstanceId(f"i-{n:04d}-b")) for n in range(6)]
    desk.tell(desk.seen(*ties, instances=targets))

    assert desk.sent == []
    ends = [row.job for row in desk.store.rows.values()]
    assert {(j.state, j.why) for j in ends} == {(State.CANCELLED, "no_longer_possible")}


def test_a_permission_is_not_asked_for_again_soon(desk: Desk) -> None:
    desk.store.permit(region_id=REGION)

    burst(desk)

    assert desk.rehearsed == []
    assert len(desk.looks) == 1


def test_without_an_answer_it_is_asked_again(desk: Desk) -> None:
    burst(desk)

    desk.tell(Rehearsed(is_allowed=None))
    desk.tell(after_s=0.5)
    assert len(desk.rehearsed) == 1
    desk.tell(after_s=0.6)

    assert len(desk.rehearsed) == 2
    assert desk.looks == []


def test_without_a_token_nothing_is_asked_yet(desk: Desk) -> None:
    desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=49)

    burst(desk)

    assert desk.rehearsed == []
    assert desk.looks == []


def test_what_moves_in_one_call_asks_for_no_attach(desk: Desk) -> None:
    plain = many(8, kind=Kind.DETACH)
    for job in plain:
        desk.add(replace(job, to_instance_id=None))

    desk.drive()

    assert desk.rehearsed == []
    assert len(desk.looks[0].interface_ids) == 8


# P8: tokens.


def test_only_as_many_are_called_up_as_can_be_paid(desk: Desk) -> None:
    desk.store.permit(region_id=REGION)
    desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=43.5)

    burst(desk, 20)

    # 6.5 and what comes back before the look has ended, less two to spare.
    assert len(desk.looks[0].interface_ids) == 5


def test_the_others_follow_as_tokens_come_back(desk: Desk) -> None:
    desk.store.permit(region_id=REGION)
    desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=48)
    burst(desk, 3)
    assert desk.looks == []

    desk.tell(after_s=0.1)
    desk.tell(after_s=0.1)

    assert [sorted(s.interface_ids) for s in desk.looks] == [["eni-0000"]]


def test_a_dark_job_without_a_token_waits_for_it_and_says_so(desk: Desk) -> None:
    desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=50)
    desk.add(dark(), a_detach())
    desk.drive()

    desk.tell(desk.seen(None))

    job = desk.job(SECOND)
    assert desk.sent == []
    assert (job.state, job.waiting_for) == (State.RUNNING, "admission")
    assert job.first_intent_at == NOW - 9
    looks = len(desk.looks)
    desk.tell(after_s=0.1)
    assert len(desk.looks) == looks
    desk.tell(after_s=0.15)
    assert len(desk.looks) == looks + 1
    desk.tell(desk.seen(None))

    assert [i.call.action for i, _ in desk.sent] == [Action.ATTACH]


def test_while_it_waits_nobody_else_goes_dark(desk: Desk) -> None:
    desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=50)
    desk.add(dark(), a_detach())
    desk.add(a_job())
    desk.drive()
    desk.tell(desk.seen(None))

    for _ in range(3):
        desk.tell(after_s=0.02)

    assert all(scope.interface_ids == {"eni-second"} for scope in desk.looks)


def test_the_dark_pay_before_those_who_would_go_dark(desk: Desk) -> None:
    desk.add(dark(), a_detach())
    desk.add(a_job())
    desk.drive()
    desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=46.9)

    # The interface of the job that waits is the first of the two by name.
    desk.tell(desk.seen(held(), None))

    assert [i.job_id for i, _ in desk.sent] == [SECOND]
    assert desk.job(JOB_ID).first_intent_at is None


def test_who_was_not_let_out_is_called_up_again(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.store.owe(region_id=REGION, api=Action.DETACH, tokens=50)

    desk.tell(desk.seen(held()))
    assert desk.sent == []
    desk.tell(after_s=0.25)
    desk.tell(desk.seen(held()))

    assert [i.call.action for i, _ in desk.sent] == [Action.DETACH]


def test_a_turn_that_would_take_it_down_again_waits_for_its_way_back(
    desk: Desk,
) -> None:
    arrived = remembering(attachment_id=AT_STANDBY, rank=Rank.ATTACHED)
    job = under_way(aim=Aim.SOURCE, turns=1, memory=arrived, cancel_requested_at=NOW)
    desk.add(job, a_detach(), an_attach())
    desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=50)
    desk.drive()

    desk.tell(desk.seen(held(STANDBY)))
    assert desk.sent == []
    looks = len(desk.looks)
    desk.tell(after_s=0.5)
    assert len(desk.looks) == looks
    desk.tell(after_s=0.6)
    desk.tell(desk.seen(held(STANDBY)))

    assert [i.call.attachment_id for i, _ in desk.sent] == [AT_STANDBY]


def test_somebody_parked_and_dark_for_good_brakes_too(desk: Desk) -> None:
    parked = dark(state=State.PARKED, why="both_ends_impossible", parked_at=NOW - 1)
    desk.add(parked, a_detach(), DENIED)
    desk.store.rows[SECOND].next_run_at = NOW + 5
    desk.add(a_job())

    desk.drive()
    desk.tell(after_s=0.3)

    assert desk.looks == []


def test_one_that_was_called_up_and_cannot_begin_holds_nobody_up_for_long(
    desk: Desk,
) -> None:
    desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=46.9)
    desk.add(a_job())
    desk.add(another(a_job(requested_at=NOW - 5)))
    desk.drive()
    assert desk.looks[0].interface_ids == {a_job().interface_id}

    answered = 0
    for _ in range(60):
        desk.store.owe(region_id=REGION, api=Action.ATTACH, tokens=0.5)
        news = [desk.nothing()] if len(desk.looks) > answered else []
        answered = len(desk.looks)
        desk.tell(*news, after_s=0.1)

    assert any("eni-second" in scope.interface_ids for scope in desk.looks)
