"""What a job of each strategy must look at, and which looks serve it."""

from failover.engine import strategies
from failover.engine.steps import Need
from failover.engine.topology import Scope
from tests.engine.cast import ADDRESS, INTERFACE, PRIMARY, PRIVATE_IP, STANDBY, a_job
from tests.engine.moves.cast import (
    IP,
    ROUTES,
    SOURCE,
    SUBNET,
    TABLES,
    TARGET,
    VIP,
    a_move,
    moving,
)

NOTHING: frozenset[Need] = frozenset()
ENDS = frozenset({SOURCE.interface_id, TARGET.interface_id})


def test_an_interface_is_looked_at_by_its_id() -> None:
    assert strategies.scope(a_job(), NOTHING) == Scope(
        interface_ids=frozenset({INTERFACE})
    )


def test_an_interfaces_needs_widen_the_look() -> None:
    job = a_job(snapshot=((ADDRESS, PRIVATE_IP),))

    assert strategies.scope(job, frozenset(Need)) == Scope(
        interface_ids=frozenset({INTERFACE}),
        instance_ids=frozenset({PRIMARY, STANDBY}),
        allocation_ids=frozenset({ADDRESS}),
        confirm_ids=frozenset({INTERFACE}),
    )


def test_an_elastic_ip_is_looked_at_with_the_interfaces_of_its_ends() -> None:
    basics = Scope(interface_ids=ENDS, allocation_ids=frozenset({ADDRESS}))

    assert strategies.scope(a_move(), NOTHING) == basics
    wide = strategies.scope(a_move(), frozenset(Need))
    assert wide.confirm_allocation_ids == {ADDRESS}
    assert not wide.confirm_ids
    assert not wide.private_ips


def test_routes_are_looked_at_by_their_tables() -> None:
    wide = strategies.scope(a_move(*ROUTES), frozenset(Need))

    assert wide.route_table_ids == wide.confirm_route_table_ids == set(TABLES)


def test_a_private_address_is_searched_for_with_what_rides_on_it() -> None:
    job = a_move(IP, snapshot=((ADDRESS, VIP),))

    assert strategies.scope(job, NOTHING) == Scope(interface_ids=ENDS)
    wide = strategies.scope(job, frozenset({Need.ADDRESSES}))
    assert wide.private_ips == {(SUBNET, VIP)}
    assert wide.allocation_ids == {ADDRESS}


def test_an_end_that_is_none_is_not_looked_at() -> None:
    job = a_move(moving=moving(source=None))

    scope = strategies.scope(job, frozenset({Need.INSTANCES}))

    assert scope.interface_ids == {TARGET.interface_id}
    assert scope.instance_ids == {STANDBY}


def test_one_look_serves_all_whose_resource_it_shows() -> None:
    jobs = (a_job(), a_move(), a_move(*ROUTES))
    both = strategies.join(strategies.scope(j, NOTHING) for j in jobs[:2])

    assert [strategies.covers(both, j) for j in jobs] == [True, True, False]
    assert not strategies.covers(Scope(), a_job())
