"""Plans and hashes of what moves in one call (protocol P5, P6)."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.job import Action, End
from failover.engine.topology import (
    InstanceId,
    InterfaceId,
    Observation,
    Route,
)
from tests.engine.cast import ADDRESS, NOW, PRIMARY, STANDBY, an_instance
from tests.engine.moves.cast import (
    IP,
    OTHER_ADDRESS,
    ROUTES,
    SOURCE,
    STRANGERS,
    TABLES,
    TARGET,
    VIP,
    a_look,
    a_move,
    a_table,
    an_elastic_ip,
    an_end,
    carrying,
)
from tests.engine.moves.planning import (
    AT_SOURCE,
    BOTH,
    carried,
    failed,
    planned,
    seen,
    tables,
)

# The plan.


def test_an_elastic_ip_moves_in_one_call_from_where_it_is() -> None:
    found = planned(seen(AT_SOURCE))

    (call,) = found.plan.calls
    assert (call.action, call.may_take) == (Action.ASSOCIATE, True)
    assert (found.plan.source, found.plan.target) == (PRIMARY, STANDBY)
    assert found.moving.source == SOURCE
    assert found.moving.target == TARGET
    assert (found.holder, found.is_there, found.is_free) == (PRIMARY, False, False)
    assert found.plan.is_possible
    assert failed(found) == []


def test_the_source_is_exactly_where_it_lies() -> None:
    """On a secondary address of another interface: that is what a turn restores."""
    second = replace(an_end(SOURCE), id=InterfaceId("eni-a2"))
    lies = replace(SOURCE, interface_id=second.id, private_ip="10.0.0.44")

    found = planned(seen(an_elastic_ip(lies), second))

    assert found.moving.source == lies
    assert (found.holder, found.foreign) == (PRIMARY, "")


def test_a_free_resource_has_no_source_and_is_taken_from_nobody() -> None:
    found = planned(seen(an_elastic_ip()))

    assert (found.moving.source, found.plan.source, found.holder) == (None, None, None)
    assert found.is_free
    assert not found.plan.calls[0].may_take


def test_what_is_there_needs_no_call() -> None:
    found = planned(seen(an_elastic_ip(TARGET)))

    assert (found.plan.calls, found.is_there, found.holder) == ((), True, STANDBY)


def test_what_is_at_another_address_of_the_target_is_there() -> None:
    found = planned(seen(an_elastic_ip(replace(TARGET, private_ip="10.0.0.55"))))

    assert (found.is_there, found.foreign) == (True, "")


@pytest.mark.parametrize(
    ("shown", "foreign"),
    [
        (an_elastic_ip(SOURCE, interface_id=STRANGERS), STRANGERS),
        (
            an_elastic_ip(SOURCE, interface_id=None),
            "the target of 203.0.113.9",
        ),
    ],
)
def test_what_strangers_hold_says_who(shown: Any, foreign: str) -> None:
    found = planned(seen(shown))

    assert (found.foreign, found.holder, found.is_free) == (foreign, None, False)


def test_a_stranger_with_an_instance_is_named_by_it() -> None:
    theirs = End(instance_id=InstanceId("i-theirs"), interface_id=STRANGERS)

    found = planned(seen(an_elastic_ip(theirs), an_end(theirs)))

    assert found.foreign == "i-theirs"


def test_what_ec2_does_not_know_is_missing() -> None:
    found = planned(seen())

    assert (found.missing, found.is_free, found.plan.calls) == ((ADDRESS,), False, ())


def test_a_frozen_pair_fails_its_plan() -> None:
    assert failed(planned(seen(AT_SOURCE), frozen=True)) == ["frozen"]


# Routes.


def test_each_table_takes_one_call() -> None:
    found = planned(tables(SOURCE, SOURCE), *ROUTES)

    assert [c.action for c in found.plan.calls] == [Action.REPLACE_ROUTE] * 2
    assert (found.holder, found.is_mixed) == (PRIMARY, False)


@pytest.mark.parametrize(
    ("ends", "action", "source"),
    [
        ((SOURCE, TARGET), Action.REPLACE_ROUTE, SOURCE),
        ((SOURCE, None), Action.REPLACE_ROUTE, SOURCE),
        ((None, TARGET), Action.CREATE_ROUTE, None),
    ],
)
def test_tables_that_do_not_agree_are_mixed(
    ends: Any, action: Action, source: End | None
) -> None:
    found = planned(tables(*ends), *ROUTES)

    assert (found.is_mixed, found.holder, found.is_free) == (True, None, False)
    assert found.plan.calls[0].action is action
    assert found.moving.source == (
        source and replace(source, private_ip=SOURCE.private_ip)
    )


def test_a_table_without_the_route_is_free() -> None:
    assert planned(tables(None, None), *ROUTES).is_free


def test_a_table_that_ec2_does_not_know_is_missing() -> None:
    look = a_look(a_move(*ROUTES), a_table(TABLES[0], SOURCE), *BOTH)

    assert planned(look, *ROUTES).missing == (ROUTES[1].key,)


def test_routes_to_two_interfaces_of_the_source_are_in_foreign_hands() -> None:
    """One job could not restore both."""
    second = replace(an_end(SOURCE), id=InterfaceId("eni-a2"))
    look = tables(SOURCE, replace(SOURCE, interface_id=second.id))
    look = replace(look, interfaces={**look.interfaces, second.id: second})

    assert planned(look, *ROUTES).foreign == PRIMARY


def test_a_route_to_a_gateway_is_in_foreign_hands() -> None:
    table = a_table(TABLES[0], SOURCE)
    gateway = replace(table, routes=(replace(table.routes[0], interface_id=None),))
    look = a_look(a_move(ROUTES[0]), gateway, *BOTH)

    assert planned(look, ROUTES[0]).foreign == f"the target of {TABLES[0]}"


# A private address.


def test_a_private_address_moves_with_what_rides_on_it() -> None:
    found = planned(carried(carrying(SOURCE, VIP, allocation_id=ADDRESS)), IP)

    assert found.plan.calls[0].action is Action.ASSIGN
    assert (found.holder, found.riders) == (PRIMARY, ((ADDRESS, VIP),))
    assert failed(found) == []


def test_a_private_address_without_a_carrier_is_free() -> None:
    found = planned(carried(), IP)

    assert (found.is_free, found.riders, failed(found)) == (True, (), [])


# The hash.


def test_the_same_world_has_the_same_hash_at_any_time() -> None:
    early = seen(AT_SOURCE)
    late = replace(early, began_at=NOW + 9, ended_at=NOW + 10)

    assert planned(early).plan.plan_hash == planned(late).plan.plan_hash


@pytest.mark.parametrize(
    "changed",
    [
        seen(an_elastic_ip()),
        seen(an_elastic_ip(TARGET)),
        seen(AT_SOURCE, instances=(an_instance(PRIMARY, "stopped"), BOTH[1])),
        seen(AT_SOURCE, an_end(TARGET, attachment=None)),
        seen(AT_SOURCE, carrying(TARGET, "10.0.0.9", allocation_id=OTHER_ADDRESS)),
        replace(seen(AT_SOURCE), interfaces={}),
    ],
)
def test_other_facts_have_another_hash(changed: Observation) -> None:
    assert planned(changed).plan.plan_hash != planned(seen(AT_SOURCE)).plan.plan_hash


def test_another_target_has_another_hash() -> None:
    look = seen(AT_SOURCE)
    forward, back = planned(look), planned(look, to=PRIMARY)

    assert forward.plan.plan_hash != back.plan.plan_hash


# What lies where nobody can serve.


def dead_end(table_id: Any) -> Any:
    """A table whose route leads to an interface that is no more."""
    route = Route(
        destination_cidr=ROUTES[0].destination_cidr,
        interface_id=STRANGERS,
        state="blackhole",
    )
    return replace(a_table(table_id), routes=(route,))


def test_a_route_into_a_black_hole_lies_free_and_is_replaced() -> None:
    job = a_move(*ROUTES)
    look = seen(*(dead_end(t) for t in TABLES), job=job)

    found = planned(look, *ROUTES)

    assert (found.is_free, found.holder, found.foreign) == (True, None, "")
    assert [c.action for c in found.plan.calls] == [Action.REPLACE_ROUTE] * 2
    assert found.moving.source == End(instance_id=PRIMARY, interface_id=STRANGERS)
    assert found.plan.is_possible


def test_a_live_route_beside_a_black_hole_is_what_a_job_returns_to() -> None:
    job = a_move(*ROUTES)
    look = seen(a_table(TABLES[0], SOURCE), dead_end(TABLES[1]), job=job)

    found = planned(look, *ROUTES)

    assert (found.is_free, found.is_mixed) == (False, True)
    assert found.moving.source is not None
    assert found.moving.source.interface_id == SOURCE.interface_id


def test_an_elastic_ip_on_an_interface_without_an_instance_is_taken_from_it() -> None:
    left = an_end(replace(SOURCE, interface_id=STRANGERS), attachment=None)
    look = seen(an_elastic_ip(SOURCE, interface_id=STRANGERS), left)

    found = planned(look)

    assert (found.is_free, found.holder, found.foreign) == (True, None, "")
    (call,) = found.plan.calls
    assert (call.action, call.may_take) == (Action.ASSOCIATE, True)
    assert found.moving.source is not None
    assert found.moving.source.instance_id == PRIMARY
