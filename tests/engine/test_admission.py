"""Who may call now: the dark first, and nobody whose way back is not paid (P8)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.engine import admission
from failover.engine.admission import Debts, Wish
from failover.engine.budget import Budget
from failover.engine.job import (
    Action,
    Aim,
    Intent,
    Kind,
    Outcome,
    Strategy,
)
from failover.engine.topology import Rank
from tests.engine.cast import (
    AT_PRIMARY,
    NOW,
    PRIMARY,
    a_detach,
    a_job,
    an_attach,
    refused,
    remembering,
    under_way,
)


def id_of(n: int) -> UUID:
    return UUID(int=n)


def detaches(count: int, *, first: int = 1) -> list[Wish]:
    return [
        Wish(
            job_id=id_of(first + n),
            action=Action.DETACH,
            since=NOW - 100 + n,
            darkens=True,
        )
        for n in range(count)
    ]


def an_attach_of_the_dark(n: int, *, since: float = NOW - 3) -> Wish:
    return Wish(job_id=id_of(n), action=Action.ATTACH, since=since, is_dark=True)


def left(**levels: float) -> Budget:
    """Buckets with so many tokens left."""
    budget = Budget()
    for name, level in levels.items():
        action = Action[name]
        budget = budget.owe(action, NOW, tokens=budget.level(action, NOW) - level)
    return budget


def owing(count: int, **changes: Any) -> Debts:
    return Debts(since=(NOW - 1.0,) * count, **changes)


def admit(
    budget: Budget, wishes: list[Wish], debts: Debts | None = None, **facts: Any
) -> list[int]:
    paid = admission.admit(
        budget=budget, wishes=wishes, debts=debts or Debts(), now=NOW, **facts
    )
    return [p.job_id.int for p in paid]


# Going dark.


def test_nobody_goes_dark_whose_attach_could_not_be_paid() -> None:
    granted = admit(Budget(), detaches(100))

    # Fifty attaches, less two to spare, one for each that goes dark.
    assert granted == list(range(1, 49))


def test_as_attaches_come_back_the_next_may_go() -> None:
    assert admit(left(ATTACH=20, DETACH=30), detaches(9), owing(16)) == [1, 2]
    assert admit(left(ATTACH=20, DETACH=30), detaches(9), owing(18)) == []


def test_detaches_need_tokens_of_their_own() -> None:
    assert admit(left(DETACH=2.5), detaches(9)) == [1, 2]


def test_one_bucket_has_to_pay_both_calls() -> None:
    shared = Budget(is_shared=True)

    granted = admit(shared, detaches(100))

    # n detaches and n attaches and two to spare out of fifty.
    assert granted == list(range(1, 25))


def test_first_come_first_served() -> None:
    wishes = [replace(w, since=NOW - n) for n, w in enumerate(detaches(4))]

    assert admit(left(ATTACH=4), wishes) == [4, 3]


def test_while_braked_nobody_goes_dark_but_everybody_dark_comes_back() -> None:
    wishes = [*detaches(3), an_attach_of_the_dark(9)]

    assert admit(Budget(), wishes, is_braked=True) == [9]


# The dark.


def test_whoever_is_dark_goes_first_and_the_longest_of_them() -> None:
    wishes = [
        *detaches(2),
        an_attach_of_the_dark(8, since=NOW - 3),
        an_attach_of_the_dark(9, since=NOW - 5),
    ]

    assert admit(Budget(), wishes) == [9, 8, 1, 2]


def test_the_reserve_is_for_the_dark() -> None:
    wishes = [an_attach_of_the_dark(n) for n in range(1, 9)]

    assert admit(left(ATTACH=5), wishes, owing(8)) == [1, 2, 3, 4, 5]


def test_while_somebody_dark_waits_for_a_token_nobody_newly_goes_dark() -> None:
    wishes = [*detaches(3), an_attach_of_the_dark(9)]

    assert admit(left(ATTACH=0.5), wishes) == []
    hung = Wish(job_id=id_of(9), action=Action.DETACH, since=NOW, is_dark=True)
    assert admit(left(DETACH=0.9), [*detaches(3), hung]) == []


# Everybody else.


def test_a_move_in_one_call_needs_only_its_own_token() -> None:
    moves = [
        Wish(job_id=id_of(n), action=action, since=NOW)
        for n, action in enumerate(
            (Action.ASSOCIATE, Action.ASSIGN, Action.REPLACE_ROUTE), start=1
        )
    ]

    assert admit(left(ATTACH=0, DETACH=0), moves, owing(9)) == [1, 2, 3]
    assert admit(left(ASSOCIATE=0.9), moves[:1]) == []


def test_a_move_that_pays_from_the_attaches_bucket_leaves_the_reserve() -> None:
    move = Wish(job_id=id_of(1), action=Action.ASSOCIATE, since=NOW)
    shared = replace(left(ATTACH=12), is_shared=True, buckets={})
    low = shared.owe(Action.ATTACH, NOW, tokens=38)

    assert admit(low, [move], owing(10)) == []
    assert admit(low, [replace(move, is_dark=True)], owing(10)) == [1]


def test_an_attach_that_nobody_misses_leaves_the_reserve_alone() -> None:
    plain = Wish(job_id=id_of(1), action=Action.ATTACH, since=NOW, may_wait=True)

    assert admit(left(ATTACH=12.5), [plain], owing(10)) == []
    assert admit(left(ATTACH=13), [plain], owing(10)) == [1]


# Slow detaches: the forward form.


def test_slow_detaches_are_reckoned_against_the_bucket_as_it_will_be() -> None:
    slow = owing(40, detach_s=20.0)

    assert admit(left(ATTACH=10), detaches(3), replace(slow, detach_s=5.0)) == []
    assert admit(left(ATTACH=10), detaches(3), slow) == [1, 2, 3]


def test_even_a_refilled_bucket_pays_only_so_many_at_once() -> None:
    granted = admit(Budget(), detaches(9), owing(47, detach_s=20.0))

    # 47 of 50 in nineteen seconds, five more in the twentieth, and two to spare.
    assert len(granted) == 6


def test_slow_detaches_leave_a_small_reserve_to_those_who_can_wait() -> None:
    plain = Wish(job_id=id_of(1), action=Action.ATTACH, since=NOW, may_wait=True)

    assert admit(left(ATTACH=3), [plain], owing(40, detach_s=20.0)) == [1]


def test_slow_detaches_pay_both_calls_from_one_bucket() -> None:
    shared = Budget(is_shared=True)

    granted = admit(shared, detaches(100), Debts(detach_s=6.0))

    # Each detach takes a token now and one in six seconds, of 50 and 30 that come.
    assert len(granted) == 39


@given(
    gone=st.lists(st.floats(0, 30), max_size=60),
    level=st.floats(0, 50),
    detach_s=st.one_of(st.none(), st.floats(0.5, 60)),
    is_shared=st.booleans(),
)
def test_whoever_is_let_go_dark_finds_a_token_when_the_detach_is_done(
    gone: list[float],
    level: float,
    detach_s: float | None,
    is_shared: bool,  # noqa: FBT001 - given by Hypothesis.
) -> None:
    """I22, for the quickest detaches that are expected."""
    budget = replace(Budget(), is_shared=is_shared).owe(
        Action.ATTACH, NOW, tokens=50 - level
    )
    debts = Debts(since=tuple(NOW - s for s in gone), detach_s=detach_s)
    paid = admission.admit(budget=budget, wishes=detaches(60), debts=debts, now=NOW)
    if not paid:
        return

    for each in paid:
        after = budget.pay(Action.DETACH, NOW, leave=each.leave)
        assert after is not None
        budget = after
    is_reckoned = debts.is_forward or not is_shared
    quickest = detach_s if detach_s is not None and is_reckoned else 0.0
    claims = sorted(
        max(NOW, at + quickest) for at in (*debts.since, *[NOW] * len(paid))
    )
    for claim in claims:
        after = budget.spend(Action.ATTACH, claim)
        assert after is not None
        budget = after


# What a job's call means.


def accepted(intent: Intent) -> Intent:
    return replace(intent, outcome=Outcome.OK)


def test_the_first_detach_of_a_swap_darkens() -> None:
    job = a_job(memory=remembering(attachment_id=AT_PRIMARY, rank=Rank.ATTACHED))

    wish = admission.wish(job, (), Action.DETACH)

    assert wish.darkens
    assert not wish.is_dark
    assert wish.since == job.requested_at


def test_the_attach_after_it_is_of_the_dark() -> None:
    job = under_way(detached_at=NOW - 1)

    wish = admission.wish(job, (a_detach(),), Action.ATTACH)

    assert wish.is_dark
    assert wish.since == job.outage_started_at


def test_forcing_a_hung_detach_darkens_nobody() -> None:
    hung = under_way(memory=remembering(attachment_id=AT_PRIMARY, rank=Rank.ATTACHED))

    wish = admission.wish(hung, (a_detach(),), Action.DETACH)

    assert wish.is_dark
    assert not wish.darkens


def test_taking_back_what_has_arrived_darkens_again() -> None:
    arrived = under_way(
        aim=Aim.SOURCE, memory=remembering(attachment_id=AT_PRIMARY, rank=Rank.ATTACHED)
    )

    wish = admission.wish(arrived, (a_detach(), an_attach()), Action.DETACH)

    assert wish.darkens
    assert not wish.is_dark


def test_a_repair_of_a_free_resource_is_of_the_dark() -> None:
    repair = a_job(from_instance_id=None)

    assert admission.wish(repair, (), Action.ATTACH).is_dark
    assert admission.first_wish(repair).is_dark


def test_a_plain_attach_may_wait_and_a_plain_detach_owes_nothing() -> None:
    attach = admission.first_wish(a_job(kind=Kind.ATTACH, from_instance_id=None))
    detach = admission.first_wish(a_job(kind=Kind.DETACH, to_instance_id=None))

    assert (attach.action, attach.may_wait) == (Action.ATTACH, True)
    assert (detach.action, detach.darkens) == (Action.DETACH, False)


@pytest.mark.parametrize(
    ("strategy", "action"),
    [
        (Strategy.ENI, Action.DETACH),
        (Strategy.EIP, Action.ASSOCIATE),
        (Strategy.PRIVATE_IP, Action.ASSIGN),
        (Strategy.ROUTE, Action.REPLACE_ROUTE),
    ],
)
def test_the_strategy_says_what_is_called_first(
    strategy: Strategy, action: Action
) -> None:
    wish = admission.first_wish(a_job(strategy=strategy))

    assert wish.action is action
    assert wish.darkens is (strategy is Strategy.ENI)


# Who owes an attach.


@pytest.mark.parametrize(
    ("intents", "owes"),
    [
        ((), False),
        ((a_detach(),), True),
        ((a_detach(outcome=None),), True),
        ((a_detach(outcome=Outcome.UNKNOWN),), True),
        ((refused(a_detach(), "IncorrectState"),), False),
        ((a_detach(outcome=Outcome.NOT_SENT),), False),
        ((a_detach(outcome=Outcome.THROTTLED),), False),
        ((a_detach(), an_attach()), False),
        ((a_detach(), an_attach(outcome=Outcome.UNKNOWN)), True),
        ((a_detach(), an_attach(), a_detach()), True),
    ],
)
def test_an_attach_is_owed_from_the_detach_to_its_acceptance(
    intents: tuple[Intent, ...],
    owes: bool,  # noqa: FBT001 - a parameter of the table above.
) -> None:
    assert (admission.owes_since(under_way(), intents) is not None) is owes


def test_whoever_was_restored_or_asked_to_lie_free_owes_nothing() -> None:
    gone = (a_detach(),)

    assert admission.owes_since(under_way(restored_at=NOW), gone) is None
    assert admission.owes_since(under_way(kind=Kind.DETACH), gone) is None
    assert admission.owes_since(under_way(strategy=Strategy.EIP), gone) is None


# The brake.


@pytest.mark.parametrize(
    ("intents", "brakes"),
    [
        ((), False),
        ((a_detach(), an_attach()), False),
        ((refused(an_attach(), "UnauthorizedOperation"),), True),
        ((refused(an_attach(), "IncorrectState"),), False),
        ((refused(an_attach(), "InvalidNetworkInterface.InUse"),), False),
        ((refused(an_attach(), "UnauthorizedOperation"), an_attach(PRIMARY)), False),
    ],
)
def test_an_attach_refused_for_good_brakes(
    intents: tuple[Intent, ...],
    brakes: bool,  # noqa: FBT001 - a parameter of the table above.
) -> None:
    assert admission.ends_in_refusal(intents) is brakes
