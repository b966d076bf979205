"""What every Store promises of a region's budget."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest

from failover.engine.budget import Api, Read
from failover.engine.job import Action, Call, Outcome, State
from failover.engine.ports import Change, Work
from failover.engine.topology import AttachmentId
from tests.store.cast import (
    EPOCH,
    STANDBY,
    TTL_S,
    Bench,
    a_change,
    a_job,
    a_receipt,
    an_intent,
    claim,
    held,
)


def level(bench: Bench, api: Api) -> float:
    """What is left of a bucket at the moment it was last written."""
    budget = bench.store.budget(region_id=bench.region_id)
    known = budget.buckets.get(api.value)
    return known.level if known else budget.level(api, 0.0)


def drain(bench: Bench, api: Api, *, left: float) -> None:
    budget = bench.store.budget(region_id=bench.region_id)
    at = max((b.at for b in budget.buckets.values()), default=0.0)
    tokens = budget.level(api, at) - left
    bench.store.owe(region_id=bench.region_id, api=api, tokens=tokens)


def a_call(work: Work, *, leave: float = 0.0, action: Action = Action.DETACH) -> Change:
    intent = an_intent(work, seq=len(work.intents) + 1)
    call = Call(
        action=action,
        interface_id=work.job.interface_id,
        attachment_id=AttachmentId("eni-attach-1"),
        instance_id=STANDBY,
    )
    job = replace(work.job, state=State.RUNNING, first_intent_at=EPOCH + 1)
    change = a_change(work, intent=replace(intent, call=call), job=job)
    return replace(change, leave=leave)


def begin(bench: Bench, count: int) -> tuple[Work, ...]:
    for n in range(count):
        bench.add(a_job(bench, interface=f"eni-{n}"))
    return claim(bench)


class Budgets:
    """Every call is paid where it is written, or not written."""

    def test_a_written_intent_has_paid_its_token(self, bench: Bench) -> None:
        works = begin(bench, 3)

        bench.store.write([a_call(w) for w in works])

        assert 47 <= level(bench, Action.DETACH) < 48
        assert level(bench, Action.ATTACH) == 50

    def test_a_change_without_a_call_pays_nothing(self, bench: Bench) -> None:
        (work,) = begin(bench, 1)

        bench.store.write([a_change(work)])

        assert level(bench, Action.DETACH) == 50

    def test_a_call_that_is_not_ours_to_make_pays_nothing(self, bench: Bench) -> None:
        (work,) = begin(bench, 1)
        bench.advance(TTL_S + 1)
        claim(bench, owner="bob")

        assert bench.store.write([a_call(work)]) == frozenset()

        assert level(bench, Action.DETACH) == 50

    def test_what_cannot_be_paid_is_not_written_and_the_rest_is(
        self, bench: Bench
    ) -> None:
        works = begin(bench, 4)
        # So deep that no time this test may take fills it again.
        drain(bench, Action.ASSOCIATE, left=-1000.0)
        first, second, third, plain = works
        unpaid = a_call(second, action=Action.ASSOCIATE)

        applied = bench.store.write([a_call(third), a_call(first), unpaid])
        noted = bench.store.write([unpaid, a_change(plain)])

        assert applied == {third.job.id, first.job.id}
        assert noted == {plain.job.id}
        (untouched,) = bench.store.read(held=held(second))
        assert (untouched.job, untouched.intents) == (second.job, ())

    def test_a_detach_must_leave_the_attaches_it_was_told_to(
        self, bench: Bench
    ) -> None:
        works = begin(bench, 2)
        drain(bench, Action.ATTACH, left=10.0)

        applied = bench.store.write(
            [a_call(works[0], leave=40.0), a_call(works[1], leave=9.5)]
        )

        assert applied == {works[1].job.id}

    def test_a_throttled_call_empties_the_bucket(self, bench: Bench) -> None:
        (work,) = begin(bench, 1)
        change = a_call(work)
        bench.store.write([change])
        assert change.intent is not None
        throttled = a_receipt(change.intent, outcome=Outcome.THROTTLED)

        bench.store.record([throttled], held=held(work))

        assert level(bench, Action.DETACH) == 0
        budget = bench.store.budget(region_id=bench.region_id)
        assert budget.buckets[Action.DETACH].rate == pytest.approx(4.0)
        assert budget.suspicions == 1

    def test_a_throttle_that_nobody_waits_for_teaches_nothing(
        self, bench: Bench
    ) -> None:
        (work,) = begin(bench, 1)
        change = a_call(work)
        bench.store.write([change])
        assert change.intent is not None

        throttled = a_receipt(change.intent, outcome=Outcome.THROTTLED)
        bench.store.record([throttled], held={})

        assert level(bench, Action.DETACH) >= 49

    def test_levels_refill_with_time(self, bench: Bench) -> None:
        drain(bench, Action.ATTACH, left=0.0)
        before = bench.store.budget(region_id=bench.region_id)
        at = before.buckets[Action.ATTACH].at

        assert before.level(Action.ATTACH, at + 4) == pytest.approx(20)

    def test_others_pay_too_and_leave_what_the_dark_need(self, bench: Bench) -> None:
        works = begin(bench, 3)
        bench.store.write([a_call(w) for w in works])
        drain(bench, Action.ATTACH, left=-100.0)

        assert not bench.store.spend(region_id=bench.region_id, api=Action.ATTACH)
        drain(bench, Action.ATTACH, left=20.0)
        assert bench.store.spend(region_id=bench.region_id, api=Action.ATTACH)
        assert bench.store.spend(region_id=bench.region_id, api=Action.ASSIGN)

    def test_idle_reads_back_off_before_a_driver_must(self, bench: Bench) -> None:
        drain(bench, Read.INTERFACES, left=61.0)

        spend = bench.store.spend
        assert spend(region_id=bench.region_id, api=Read.INTERFACES, tokens=1.0)
        drain(bench, Read.INTERFACES, left=40.0)
        assert not spend(region_id=bench.region_id, api=Read.INTERFACES, tokens=1.0)

    def test_what_was_read_already_is_owed(self, bench: Bench) -> None:
        budget = bench.store.owe(
            region_id=bench.region_id, api=Read.INTERFACES, tokens=130.0
        )

        assert budget.buckets[Read.INTERFACES].level == pytest.approx(-30)
        assert level(bench, Read.INTERFACES) == pytest.approx(-30)

    def test_a_permission_is_remembered(self, bench: Bench) -> None:
        bench.store.permit(region_id=bench.region_id)

        budget = bench.store.budget(region_id=bench.region_id)
        assert budget.permitted_at is not None
        assert budget.is_permitted(budget.permitted_at + 1)

    def test_versions_are_told_of_what_is_ours(self, bench: Bench) -> None:
        first, second = begin(bench, 2)
        bench.store.write([a_change(first)])
        mine = {**held(first), second.job.id: second.fence_token - 1}

        assert bench.store.versions(held=mine) == {first.job.id: 1}


class Brakes:
    """Whether somebody out of hand is dark for good (protocol P6)."""

    def park(self, bench: Bench, *, code: str) -> Mapping[UUID, int]:
        (work,) = begin(bench, 1)
        change = a_call(work, action=Action.ATTACH)
        bench.store.write([change])
        assert change.intent is not None
        receipt = a_receipt(change.intent, outcome=Outcome.REFUSED)
        bench.store.record([replace(receipt, error_code=code)], held=held(work))
        (now,) = bench.store.read(held=held(work))
        dark = replace(
            now.job, state=State.PARKED, outage_started_at=EPOCH, parked_at=EPOCH
        )
        bench.store.write([a_change(now, job=dark)])
        return held(work)

    def is_braked(self, bench: Bench, mine: Mapping[UUID, int]) -> bool:
        return bench.store.is_braked(region_id=bench.region_id, held=mine)

    def test_a_parked_dark_job_refused_for_good_brakes(self, bench: Bench) -> None:
        mine = self.park(bench, code="UnauthorizedOperation")

        assert self.is_braked(bench, {})
        assert not self.is_braked(bench, mine)

    def test_a_race_brakes_nobody(self, bench: Bench) -> None:
        self.park(bench, code="IncorrectState")

        assert not self.is_braked(bench, {})

    def test_nobody_parked_brakes_nobody(self, bench: Bench) -> None:
        begin(bench, 1)

        assert not self.is_braked(bench, {})


class BudgetContract(Budgets, Brakes):
    """All of it."""
