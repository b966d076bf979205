"""EC2's token buckets: levels, throttles, one bucket or many (protocol P8)."""

from dataclasses import replace

import pytest

from failover.engine import budget
from failover.engine.budget import Api, Budget, Read
from failover.engine.job import Action

NOW = 1000.0


def spent(api: Api, tokens: float, *, on: Budget | None = None) -> Budget:
    paid = (on or Budget()).spend(api, NOW, tokens=tokens)
    assert paid is not None
    return paid


# Levels.


@pytest.mark.parametrize(
    ("api", "burst", "per_second"),
    [
        (Action.DETACH, 50, 5),
        (Action.ATTACH, 50, 5),
        (Action.ASSOCIATE, 50, 5),
        (Action.REPLACE_ROUTE, 50, 5),
        (Action.CREATE_ROUTE, 50, 5),
        (Action.MODIFY, 100, 5),
        (Action.ASSIGN, 100, 5),
        (Read.INTERFACES, 100, 20),
    ],
)
def test_a_bucket_has_ec2s_size(api: Api, burst: float, per_second: float) -> None:
    assert Budget().level(api, NOW) == burst
    empty = spent(api, burst)

    assert empty.level(api, NOW) == 0
    assert empty.level(api, NOW + 2) == 2 * per_second
    assert empty.level(api, NOW + 1000) == burst


def test_each_api_has_a_bucket_of_its_own() -> None:
    paid = spent(Action.DETACH, 50)

    assert paid.level(Action.ATTACH, NOW) == 50
    assert paid.spend(Action.DETACH, NOW) is None
    assert paid.spend(Action.ATTACH, NOW) is not None


def test_nothing_is_paid_where_too_little_would_be_left() -> None:
    paid = spent(Action.ATTACH, 45)

    assert paid.spend(Action.ATTACH, NOW, leave=4.5) is None
    assert paid.spend(Action.ATTACH, NOW, leave=4.0) is not None


def test_a_call_leaves_the_attaches_that_others_will_need() -> None:
    scarce = spent(Action.ATTACH, 40)

    assert scarce.pay(Action.DETACH, NOW, leave=10.5) is None
    paid = scarce.pay(Action.DETACH, NOW, leave=10.0)

    assert paid is not None
    assert paid.level(Action.DETACH, NOW) == 49
    assert paid.level(Action.ATTACH, NOW) == 10


def test_what_was_called_already_is_owed_and_comes_back_first() -> None:
    owing = Budget().owe(Read.INTERFACES, NOW, tokens=120)

    assert owing.level(Read.INTERFACES, NOW) == -20
    assert owing.wait_s(Read.INTERFACES, NOW) == pytest.approx(21 / 20)
    assert owing.level(Read.INTERFACES, NOW + 2) == 20


def test_the_wait_for_a_token_ends_when_it_is_there() -> None:
    empty = spent(Action.ATTACH, 50)

    wait_s = empty.wait_s(Action.ATTACH, NOW)

    assert wait_s == pytest.approx(0.2)
    assert empty.spend(Action.ATTACH, NOW + wait_s + 1e-9) is not None
    assert Budget().wait_s(Action.ATTACH, NOW) == 0


def test_a_clock_that_goes_back_refills_nothing() -> None:
    empty = spent(Action.ATTACH, 50)

    assert empty.level(Action.ATTACH, NOW - 100) == 0
    back = empty.bucket(Action.ATTACH, NOW - 100)
    assert back.refilled(NOW - 99).level == 5


def test_another_clock_tells_the_same_levels() -> None:
    taught = spent(Action.ATTACH, 50).throttled(Action.DETACH, NOW).permitted(NOW)
    taught = replace(taught, rehearsed_at=NOW)

    moved = taught.shifted(500.0)

    assert moved.level(Action.ATTACH, NOW + 501) == 5
    assert moved.level(Action.DETACH, NOW + 510) == taught.level(
        Action.DETACH, NOW + 10
    )
    assert moved.permitted_at == moved.rehearsed_at == NOW + 500
    assert Budget().shifted(500.0) == Budget()


# Throttles.


def test_a_throttle_empties_the_bucket_and_slows_it_down() -> None:
    taught = Budget().throttled(Action.ATTACH, NOW)

    assert taught.level(Action.ATTACH, NOW) == 0
    assert taught.level(Action.ATTACH, NOW + 1) == pytest.approx(4.0)
    assert taught.level(Action.DETACH, NOW) == 50


def test_after_five_quiet_seconds_the_rate_climbs_back_to_full() -> None:
    bucket = Budget().throttled(Action.ATTACH, NOW).bucket(Action.ATTACH, NOW)

    rates = {s: bucket.refilled(NOW + s).rate for s in (4, 5, 6, 7, 9, 20)}

    assert rates == pytest.approx({4: 4.0, 5: 4.0, 6: 4.25, 7: 4.5, 9: 5.0, 20: 5.0})


def test_a_long_wait_refills_as_many_short_ones_do() -> None:
    bucket = Budget().throttled(Action.ATTACH, NOW).bucket(Action.ATTACH, NOW)
    stepped = bucket
    for n in range(1, 91):
        stepped = stepped.refilled(NOW + n / 10)

    assert stepped.level == pytest.approx(bucket.refilled(NOW + 9).level)
    # Four a second for five seconds, then up to five in another four.
    assert stepped.level == pytest.approx(4 * 5 + 4.5 * 4)


def test_calls_that_were_throttled_together_cut_the_rate_once() -> None:
    taught = spent(Action.DETACH, 49)
    for n in range(30):
        taught = taught.throttled(Action.ATTACH, NOW + n / 100)
    assert taught.bucket(Action.ATTACH, NOW + 0.3).rate == pytest.approx(4.0)

    again = taught.throttled(Action.ATTACH, NOW + 2)

    assert again.bucket(Action.ATTACH, NOW + 2).rate == pytest.approx(3.2)


def test_the_rate_never_dies() -> None:
    taught = Budget()
    for n in range(100):
        taught = taught.throttled(Action.ATTACH, NOW + 2 * n)

    assert taught.wait_s(Action.ATTACH, NOW + 200) <= 2.0


# One bucket, or one for each API.


def test_two_throttles_that_our_own_use_cannot_explain_mean_one_bucket() -> None:
    first = Budget().throttled(Action.ATTACH, NOW)
    assert not first.is_shared

    second = first.throttled(Action.DETACH, NOW + 20)

    assert second.is_shared
    assert second.level(Action.ATTACH, NOW + 20) == 0
    assert second.level(Action.ASSOCIATE, NOW + 20) == 0
    assert second.level(Read.INTERFACES, NOW + 20) == 100


def test_throttles_at_low_levels_explain_themselves() -> None:
    low = spent(Action.ATTACH, 46)
    for n in range(5):
        low = low.throttled(Action.ATTACH, NOW + n / 10)

    assert low.suspicions == 0
    assert not low.is_shared


def test_a_throttled_read_says_nothing_of_the_other_buckets() -> None:
    taught = Budget()
    for n in range(5):
        taught = taught.throttled(Read.INTERFACES, NOW + 100 * n)

    assert not taught.is_shared


def test_a_shared_bucket_pays_for_everything() -> None:
    shared = Budget(is_shared=True)

    paid = spent(Action.DETACH, 48, on=shared)

    assert paid.level(Action.ATTACH, NOW) == 2
    assert paid.pay(Action.ATTACH, NOW, leave=1.5) is None
    assert paid.throttled(Action.ATTACH, NOW).is_shared


def test_a_restart_forgets_that_there_was_one_bucket() -> None:
    shared = Budget().throttled(Action.ATTACH, NOW).throttled(Action.DETACH, NOW + 20)

    anew = shared.forgiven()

    assert not anew.is_shared
    assert anew.suspicions == 0
    assert budget.SHARED not in anew.buckets
    assert Action.ATTACH.value in anew.buckets


# Permission and rehearsal.


def test_a_permission_is_good_for_a_while() -> None:
    asked = Budget().permitted(NOW)

    assert asked.is_permitted(NOW + budget.PERMITTED_S - 1)
    assert not asked.is_permitted(NOW + budget.PERMITTED_S)
    assert not Budget().is_permitted(NOW)


def test_readiness_rehearses_one_call_in_five_seconds() -> None:
    first = Budget().rehearsal(Action.ATTACH, NOW)
    assert first is not None
    assert first.level(Action.ATTACH, NOW) == 49

    assert first.rehearsal(Action.DETACH, NOW, is_awaited=True) is not None
    assert first.rehearsal(Action.DETACH, NOW + 4.9) is None
    assert first.rehearsal(Action.DETACH, NOW + 5) is not None


def test_readiness_rehearses_only_from_a_bucket_that_is_nearly_full() -> None:
    assert spent(Action.ATTACH, 5).rehearsal(Action.ATTACH, NOW) is None
    assert spent(Action.ATTACH, 4.9).rehearsal(Action.ATTACH, NOW) is not None
