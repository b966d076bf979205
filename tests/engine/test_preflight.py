"""Plans, checks, locks and hashes before the first call (protocol P6, P7)."""

from dataclasses import replace

import pytest

from failover.engine import preflight
from failover.engine.job import Action
from failover.engine.preflight import Plan
from failover.engine.topology import Instance, Interface, InterfaceId, Slot
from tests.engine.cast import (
    ADDRESS,
    AT_PRIMARY,
    INTERFACE,
    NOW,
    PRIMARY,
    PRIVATE_IP,
    STANDBY,
    a_look,
    an_instance,
    an_interface,
    held,
)

AT_HOME = an_interface(held())
OTHER = InterfaceId("eni-other")


def planned(
    interface: Interface | None = AT_HOME,
    target: Instance | None = None,
    *,
    frozen: bool = False,
    began_at: float = NOW,
) -> Plan:
    standby = target or an_instance()
    seen = a_look(interface, an_instance(PRIMARY), standby, began_at=began_at)
    return preflight.plan_swap(
        interface=interface, device_index=1, to=STANDBY, seen=seen, frozen=frozen
    )


def failures(plan: Plan) -> list[str]:
    return [check.code for check in plan.failures]


def test_a_swap_detaches_where_it_is_and_attaches_where_it_shall_be() -> None:
    plan = planned()

    assert plan.is_possible
    assert plan.warnings == ()
    assert (plan.source, plan.target) == (PRIMARY, STANDBY)
    detach, attach = plan.calls
    assert (detach.action, detach.attachment_id) == (Action.DETACH, AT_PRIMARY)
    assert (attach.action, attach.instance_id) == (Action.ATTACH, STANDBY)
    assert attach.device_index == 1


def test_a_free_interface_is_only_attached() -> None:
    plan = planned(an_interface())

    assert plan.source is None
    assert [call.action for call in plan.calls] == [Action.ATTACH]


def test_a_raised_flag_is_mended_first_and_refuses_nothing() -> None:
    plan = planned(an_interface(held(flag=True)))

    assert plan.is_possible
    assert [call.action for call in plan.calls] == [
        Action.MODIFY,
        Action.DETACH,
        Action.ATTACH,
    ]


def test_a_frozen_pair_is_refused() -> None:
    assert failures(planned(frozen=True)) == ["frozen"]


def test_an_interface_that_ec2_does_not_show_is_refused() -> None:
    plan = planned(None)

    assert not plan.is_possible
    assert plan.calls == ()
    assert failures(plan) == ["interface_secondary"]


@pytest.mark.parametrize(
    ("interface", "code"),
    [
        (an_interface(replace(held(), device_index=0)), "interface_secondary"),
        (an_interface(held(), requester_managed=True), "interface_managed"),
        (an_interface(held(), interface_type="lambda"), "interface_managed"),
        (an_interface(held(), availability_zone="eu-west-1b"), "same_zone"),
        (an_interface(held(), vpc_id="vpc-2"), "same_vpc"),
    ],
)
def test_an_interface_that_cannot_be_moved_is_refused(
    interface: Interface, code: str
) -> None:
    assert failures(planned(interface)) == [code]


PRIMARY_SLOT = an_instance().slots[0]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (an_instance(state="stopped"), "target_state"),
        (
            an_instance(
                slots=(PRIMARY_SLOT, Slot(interface_id=OTHER, device_index=1)),
                interface_limit=None,
            ),
            "free_index",
        ),
        (
            an_instance(slots=(PRIMARY_SLOT, Slot(interface_id=OTHER, device_index=2))),
            "free_slot",
        ),
    ],
)
def test_a_target_that_cannot_take_it_is_refused(target: Instance, code: str) -> None:
    assert failures(planned(target=target)) == [code]


def test_a_target_that_ec2_does_not_show_is_refused() -> None:
    seen = a_look(AT_HOME, an_instance(PRIMARY))

    plan = preflight.plan_swap(
        interface=AT_HOME, device_index=1, to=STANDBY, seen=seen, frozen=False
    )

    assert failures(plan) == ["target_state"]


def test_an_impaired_target_is_a_warning_only() -> None:
    plan = planned(target=an_instance(instance_status="impaired"))

    assert plan.is_possible
    assert [check.code for check in plan.warnings] == ["target_status"]


def test_the_hash_does_not_age() -> None:
    assert planned(began_at=NOW).plan_hash == planned(began_at=NOW + 60).plan_hash


@pytest.mark.parametrize(
    "changed",
    [
        planned(an_interface()),
        planned(an_interface(held(status="detaching"))),
        planned(None),
        planned(target=an_instance(state="stopped")),
    ],
)
def test_the_hash_changes_with_the_facts(changed: Plan) -> None:
    assert changed.plan_hash != planned().plan_hash


def test_a_plain_attach_may_be_to_a_stopped_instance() -> None:
    free = an_interface()
    seen = a_look(free, an_instance(state="stopped"))

    plan = preflight.plan_attach(
        interface=free, instance_id=STANDBY, device_index=2, seen=seen
    )

    assert plan.is_possible
    assert plan.calls[0].device_index == 2


def test_a_plain_detach_needs_an_attachment() -> None:
    seen = a_look(AT_HOME, an_instance(PRIMARY))

    plan = preflight.plan_detach(interface=AT_HOME, seen=seen)
    idle = preflight.plan_detach(interface=an_interface(), seen=seen)

    assert (plan.source, plan.target) == (PRIMARY, None)
    assert [call.action for call in plan.calls] == [Action.DETACH]
    assert idle.source is None
    assert idle.calls == ()


def test_a_plan_looks_at_the_interface_and_its_ends() -> None:
    scope = preflight.scope_for(interface_id=INTERFACE, instance_ids=[PRIMARY, STANDBY])

    assert scope.interface_ids == {INTERFACE}
    assert scope.instance_ids == {PRIMARY, STANDBY}


def test_the_snapshot_is_of_the_private_addresses_own_associations() -> None:
    bare = replace(AT_HOME.addresses[0], address="20.0.1.99", allocation_id=None)
    interface = replace(AT_HOME, addresses=(*AT_HOME.addresses, bare))

    assert preflight.snapshot(interface) == ((ADDRESS, PRIVATE_IP),)


def test_locks_are_of_the_interface_its_addresses_and_its_slots() -> None:
    bare = replace(AT_HOME.addresses[0], address="20.0.1.99", allocation_id=None)
    interface = replace(AT_HOME, addresses=(*AT_HOME.addresses, bare))

    keys = preflight.lock_keys(
        account="1",
        region="eu-west-1",
        interface=interface,
        ends=((PRIMARY, 1), (None, 1)),
    )

    assert keys == {
        "1:eu-west-1:interface:eni-415e9270",
        "1:eu-west-1:address:subnet-a:20.0.1.25",
        "1:eu-west-1:address:subnet-a:20.0.1.99",
        "1:eu-west-1:allocation:eipalloc-4f07e372",
        "1:eu-west-1:slot:i-primary:1",
    }


def test_a_free_index_is_the_lowest_above_the_primarys() -> None:
    taken = Slot(interface_id=OTHER, device_index=1)

    assert preflight.free_index(an_instance()) == 1
    assert preflight.free_index(an_instance(slots=(PRIMARY_SLOT, taken))) == 2
