"""What a driver looks at, and when (protocol P1, P9)."""

from dataclasses import replace

from failover.engine.budget import Read
from failover.engine.cadence import Learned, Spread
from failover.engine.errands import LookFailed
from failover.engine.job import Action, Outcome
from failover.engine.ports import Ec2OutcomeUnknown
from failover.engine.topology import (
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    Scope,
)
from tests.engine.cast import (
    ADDRESS,
    LIMITS,
    NOW,
    PRIMARY,
    PRIVATE_IP,
    STANDBY,
    a_detach,
    a_job,
    an_instance,
    an_interface,
    held,
    remembering,
    under_way,
)
from tests.engine.desk import REGION, SECOND, Desk, another, dark, settled_job


def test_the_first_look_shows_the_interface_and_both_ends(desk: Desk) -> None:
    desk.add(a_job())

    desk.drive()

    assert desk.looks[0].interface_ids == {a_job().interface_id}
    assert desk.looks[0].instance_ids == {PRIMARY, STANDBY}


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


def test_old_facts_of_the_target_are_read_again_at_once(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(desk.seen(held()), after_s=6)

    assert desk.sent == []
    assert len(desk.looks) == 2
    assert desk.looks[1].instance_ids == {PRIMARY, STANDBY}


# What EC2 hides.


def part_of(desk: Desk, *hidden: InstanceId) -> tuple[Observation, LookFailed]:
    """The latest look, without what it should have shown of these instances."""
    seen = desk.seen(*[held()] * len(desk.looks[-1].interface_ids))
    scope = replace(
        seen.scope, instance_ids=seen.scope.instance_ids - frozenset(hidden)
    )
    error = Ec2OutcomeUnknown(code="partial")
    kept = {i: v for i, v in seen.instances.items() if i not in hidden}
    return (
        replace(seen, scope=scope, instances=kept),
        LookFailed(scope=seen.scope, error=error, shown=scope),
    )


def test_a_target_that_ec2_hides_is_not_detached_towards(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()

    desk.tell(*part_of(desk, STANDBY))

    assert desk.sent == []


def test_a_hidden_instance_is_left_out_of_looks_for_a_while(desk: Desk) -> None:
    desk.add(a_job())
    desk.drive()
    desk.tell(*part_of(desk, STANDBY))

    desk.tell(after_s=1.1)
    assert desk.looks[-1].instance_ids == {PRIMARY}
    desk.tell(desk.seen(held()), after_s=1.1)
    desk.tell(after_s=0.3)

    assert desk.looks[-1].instance_ids == {PRIMARY, STANDBY}


def test_a_part_that_was_hidden_blinds_no_other_job(desk: Desk) -> None:
    """The dark one goes on, whose own interface was shown."""
    desk.add(a_job())
    desk.add(dark(), a_detach())
    desk.drive()
    assert len(desk.looks[0].interface_ids) == 2
    shown, failed = part_of(desk, STANDBY)

    desk.tell(replace(shown, interfaces={**shown.interfaces, **free()}), failed)

    assert [i.job_id for i, _ in desk.sent] == [SECOND]


def test_a_job_whose_own_interface_was_hidden_is_looked_at_later(desk: Desk) -> None:
    desk.add(under_way(), a_detach())
    desk.drive()
    scope = desk.looks[-1]
    error = Ec2OutcomeUnknown(code="partial")

    desk.tell(LookFailed(scope=scope, error=error, shown=Scope()))
    desk.tell(after_s=0.1)
    assert len(desk.looks) == 1
    desk.tell(after_s=0.15)

    assert len(desk.looks) == 2


def free() -> dict[InterfaceId, Interface]:
    second = InterfaceId("eni-second")
    return {second: replace(an_interface(None), id=second)}


# EC2's quota of reads.


def test_a_throttled_look_makes_looks_rarer(desk: Desk) -> None:
    desk.add(dark(), a_detach())
    desk.drive()
    desk.tell(desk.failed())
    looks = len(desk.looks)
    desk.tell(after_s=0.3)
    assert len(desk.looks) == looks + 1

    for _ in range(10):
        desk.tell(desk.seen(held(status="detaching")), after_s=0.06)

    # Twelve a second instead of twenty.
    assert len(desk.looks) - looks - 1 <= 0.6 * 12 + 1


def test_looks_are_reported_to_the_regions_budget(desk: Desk) -> None:
    desk.add(dark(), a_detach())
    desk.drive()
    for _ in range(3):
        desk.tell(desk.seen(held(status="detaching")), after_s=0.06)

    desk.tell(after_s=5.0)

    bucket = desk.store.budget(region_id=REGION).buckets[Read.INTERFACES]
    assert bucket.level <= 97


def test_what_others_have_read_makes_looks_rarer(desk: Desk) -> None:
    desk.store.owe(region_id=REGION, api=Read.INTERFACES, tokens=90)
    desk.add(dark(), a_detach())
    desk.drive()
    looks = len(desk.looks)

    for _ in range(10):
        desk.tell(desk.seen(held(status="detaching")), after_s=0.06)

    assert len(desk.looks) - looks <= 0.6 * 12 + 1


def test_what_the_region_has_taught_spares_looks(desk: Desk) -> None:
    slow = Spread(least_s=20.0, median_s=20.0)
    desk.store.learned_so_far = Learned(detach=slow, attach=slow)
    desk.add(under_way(), a_detach(ended_at=NOW, intent_at=NOW))
    desk.drive()
    looks = len(desk.looks)

    for _ in range(10):
        desk.tell(desk.seen(held(status="detaching")), after_s=0.1)

    assert len(desk.looks) - looks == 5


def test_a_bright_job_that_needs_instances_waits_for_the_next_look_that_has_them(
    desk: Desk,
) -> None:
    desk.add(settled_job())
    desk.drive()
    desk.add(another(a_job()))

    desk.tell(after_s=0.1)
    assert len(desk.looks) == 1
    desk.tell(after_s=0.15)

    assert desk.looks[1].interface_ids == {InterfaceId("eni-second")}
    assert desk.looks[1].instance_ids == {PRIMARY, STANDBY}
