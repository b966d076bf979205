"""Many swaps at once against EC2's token buckets, in virtual time (protocol P8, P9).

The same driver and store as everywhere else; only EC2 and time are small. What the
product adds to it in real time is measured by `make bench PAIRS=500`.
"""

from collections import Counter
from dataclasses import replace

import pytest

from failover.engine.admission import SPARE
from failover.engine.cadence import Learned, Spread
from failover.engine.job import Action, Kind, State
from tests.engine.desk import many
from tests.engine.town import REGION, Town

PAIRS = 110
X, Y = 3.0, 2.0
# Latencies of the calls and looks of one swap, and of the rehearsal before the burst.
OWN_S = X + Y + 0.3


def allowed_s(calls: int) -> float:
    """What EC2's bucket takes for so many calls, after its burst."""
    return max(0.0, (calls - 50) / 5)


def assert_all_are_there(town: Town) -> None:
    assert town.states() == Counter({State.SUCCEEDED: len(town.jobs)})
    for job in town.jobs:
        tie = town.floating[job.interface_id].attachment
        assert tie is not None
        assert (tie.instance_id, tie.status) == (job.to_instance_id, "attached")


def assert_nobody_waited_for_a_token(town: Town) -> None:
    """I22: an outage is what EC2 takes, and a look or two."""
    assert town.outages()[-1] < X + Y + 0.25


@pytest.fixture(scope="module")
def evacuated() -> Town:
    town = Town(many(PAIRS))
    town.drive()
    return town


def test_all_arrive_as_fast_as_ec2_allows_with_one_bucket_for_each_api(
    evacuated: Town,
) -> None:
    assert_all_are_there(evacuated)
    # Until the first attach a full bucket gains nothing: that costs one detach time.
    assert evacuated.total_s() < allowed_s(PAIRS) + OWN_S + X + SPARE / 5 + 0.4


def test_nobody_dark_waits_for_a_token(evacuated: Town) -> None:
    assert_nobody_waited_for_a_token(evacuated)


def test_no_call_is_throttled(evacuated: Town) -> None:
    assert evacuated.throttled == Counter()


def test_one_dry_run_goes_before_the_burst(evacuated: Town) -> None:
    assert [c.action for c in evacuated.rehearsed] == [Action.ATTACH]


def test_whoever_waits_for_his_turn_is_not_looked_at(evacuated: Town) -> None:
    detached = {
        i: f.down_at for i, f in evacuated.floating.items() if f.down_at is not None
    }
    early = [
        (at, interface_id)
        for at, scope in evacuated.looks
        for interface_id in scope.interface_ids
        if at < detached[interface_id] - 1.0
    ]

    assert early == []


def test_looks_are_at_most_twenty_a_second(evacuated: Town) -> None:
    starts = [at for at, _ in evacuated.looks]

    for first, later in zip(starts, starts[20:], strict=False):
        assert later - first > 0.99


def test_instances_are_read_by_few_looks(evacuated: Town) -> None:
    bearing = [at for at, scope in evacuated.looks if scope.instance_ids]

    for first, later in zip(bearing, bearing[10:], strict=False):
        assert later - first > 1.9


def test_one_bucket_for_all_calls_takes_twice_as_long_and_throttles_nobody() -> None:
    town = Town(many(70), is_shared=True)
    row = town.store.regions[REGION]
    row.budget = replace(row.budget, is_shared=True)

    town.drive()

    assert_all_are_there(town)
    assert_nobody_waited_for_a_token(town)
    assert town.throttled == Counter()
    assert town.total_s() < allowed_s(2 * 70) + OWN_S + X + (2 + SPARE) / 5 + 0.4


def test_that_there_is_one_bucket_is_learned_and_nobody_is_left_behind() -> None:
    town = Town(many(130), is_shared=True)

    town.drive()

    assert_all_are_there(town)
    assert town.budget().is_shared
    assert sum(town.throttled.values()) < 60


def test_slow_detaches_do_not_hold_up_the_others_once_they_are_known() -> None:
    slow = Spread(least_s=20.0, median_s=20.0)
    learned = Learned(detach=slow, attach=Spread(least_s=Y, median_s=Y))
    town = Town(many(80), detach_s=20.0, learned=learned)

    town.drive()

    assert_all_are_there(town)
    assert town.throttled == Counter()
    # A second one begins long before the first has come to its attach.
    assert town.total_s() < allowed_s(80) + 20.0 + Y + 2.0
    assert town.outages()[-1] < 20.0 + Y + 0.3


def test_once_detaches_are_known_less_is_lost_to_a_full_bucket() -> None:
    learned = Learned(
        detach=Spread(least_s=0.7 * X, median_s=X),
        attach=Spread(least_s=0.7 * Y, median_s=Y),
    )
    town = Town(many(PAIRS), jitter=0.3, learned=learned)

    town.drive()

    assert_all_are_there(town)
    assert town.throttled == Counter()
    # Half of a detach time, where nothing is known of it all of one.
    assert town.total_s() < allowed_s(PAIRS) + 1.3 * OWN_S + X / 2 + SPARE / 5
    assert town.outages()[-1] < 1.3 * (X + Y) + 0.25


@pytest.mark.parametrize("least_s", [4.9, 6.0])
def test_detaches_faster_than_ever_before_make_nobody_dark_wait(least_s: float) -> None:
    learned = Learned(
        detach=Spread(least_s=least_s, median_s=1.3 * least_s),
        attach=Spread(least_s=Y, median_s=Y),
    )
    town = Town(many(PAIRS), detach_s=1.0, jitter=0.3, learned=learned)

    town.drive()

    assert_all_are_there(town)
    assert town.throttled == Counter()
    assert town.outages()[-1] < 1.3 * (1.0 + Y) + 0.25


def test_a_driver_that_dies_in_the_middle_costs_its_two_seconds() -> None:
    town = Town(many(PAIRS))
    town.drive(until=1010.0)
    town.kill()

    town.drive()

    assert_all_are_there(town)
    assert town.throttled == Counter()
    assert town.total_s() < allowed_s(PAIRS) + OWN_S + X + SPARE / 5 + 5
    assert town.outages()[-1] < X + Y + 0.25 + 3


def test_jitter_strands_and_throttles_nobody() -> None:
    town = Town(many(80), jitter=0.4)

    town.drive()

    assert_all_are_there(town)
    assert town.throttled == Counter()
    assert town.outages()[-1] < 1.4 * (X + Y) + 0.25


def test_a_role_that_may_not_attach_lets_nobody_go_dark() -> None:
    town = Town(many(12), is_allowed=False)

    town.drive()

    assert town.calls == []
    assert town.states() == Counter({State.CANCELLED: 12})
    ends = [row.job for row in town.store.rows.values()]
    assert {(j.why, j.why_args) for j in ends} == {
        ("no_longer_possible", (("reason", "permission_attach"),))
    }
    holders = {h.instance_id for h in town.store.desired.values()}
    assert holders == {j.from_instance_id for j in town.jobs}


def test_five_at_once_need_no_rehearsal() -> None:
    town = Town(many(5))

    town.drive()

    assert_all_are_there(town)
    assert town.rehearsed == []


def test_plain_detaches_need_no_way_back() -> None:
    jobs = [replace(j, kind=Kind.DETACH, to_instance_id=None) for j in many(60)]
    town = Town(jobs)
    town.drive()

    assert town.states() == Counter({State.SUCCEEDED: 60})
    assert town.rehearsed == []
    assert town.throttled == Counter()
    assert town.at - 1000.0 < allowed_s(60) + X + 2 * town.limits.verify_after_s
