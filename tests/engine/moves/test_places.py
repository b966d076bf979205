"""Where a look shows what moves in one call."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.moves.places import Place
from failover.engine.steps import Need
from failover.engine.topology import Interface
from tests.engine.moves.cast import (
    IP,
    ROUTES,
    SOURCE,
    STRANGERS,
    TABLES,
    TARGET,
    VIP,
    a_call,
    a_look,
    a_move,
    a_table,
    an_elastic_ip,
    an_end,
    begun,
    carrying,
    knowing,
    moving,
)
from tests.engine.moves.looking import belief, looked


@pytest.mark.parametrize(
    ("shown", "place"),
    [
        (an_elastic_ip(SOURCE), Place.SOURCE),
        (an_elastic_ip(TARGET), Place.TARGET),
        (an_elastic_ip(), Place.FREE),
        (an_elastic_ip(TARGET, private_ip="10.0.0.77"), Place.ELSEWHERE),
        (an_elastic_ip(SOURCE, interface_id=STRANGERS), Place.ELSEWHERE),
        (an_elastic_ip(SOURCE, interface_id=None), Place.ELSEWHERE),
    ],
)
def test_an_elastic_ip_is_where_interface_and_private_address_say(
    shown: Any, place: Place
) -> None:
    assert belief(a_move(), a_look(a_move(), shown)).place is place


@pytest.mark.parametrize(
    ("tables", "places"),
    [
        ((SOURCE, TARGET), (Place.SOURCE, Place.TARGET)),
        (
            (None, replace(TARGET, interface_id=STRANGERS)),
            (Place.FREE, Place.ELSEWHERE),
        ),
    ],
)
def test_each_route_is_where_its_table_says(tables: Any, places: Any) -> None:
    job = a_move(*ROUTES)
    shown = (a_table(t, end) for t, end in zip(TABLES, tables, strict=True))

    _, seen = looked(job, a_look(job, *shown))

    assert tuple(one.place for one in seen.parts) == places


def test_a_route_to_something_else_than_an_interface_is_elsewhere() -> None:
    job = a_move(ROUTES[0])
    table = a_table(TABLES[0], SOURCE)
    gateway = replace(table, routes=(replace(table.routes[0], interface_id=None),))

    one = belief(job, a_look(job, gateway))

    assert (one.place, one.holder) == (Place.ELSEWHERE, TABLES[0])


@pytest.mark.parametrize(
    ("interface", "place"),
    [
        (carrying(SOURCE, VIP), Place.SOURCE),
        (carrying(TARGET, VIP), Place.TARGET),
        (
            replace(carrying(SOURCE, VIP), id=STRANGERS),
            Place.ELSEWHERE,
        ),
        # The same address of another subnet is another address.
        (
            replace(carrying(SOURCE, VIP), id=STRANGERS, subnet_id="subnet-b"),
            Place.FREE,
        ),
    ],
)
def test_a_private_address_is_where_an_interface_carries_it(
    interface: Interface, place: Place
) -> None:
    job = a_move(IP)

    look = a_look(job, interface, needs=[Need.ADDRESSES])

    assert belief(job, look).place is place


def test_a_private_address_is_free_only_after_a_search() -> None:
    job = a_move(IP)

    one = belief(job, a_look(job))

    assert one.place is Place.UNKNOWN
    assert one.needs == {Need.ADDRESSES}


def test_a_private_address_shown_at_both_ends_is_unclear() -> None:
    job = a_move(IP)

    look = a_look(job, carrying(SOURCE, VIP), carrying(TARGET, VIP))

    assert belief(job, look).place is Place.UNKNOWN


def test_a_private_address_shown_twice_is_where_the_last_accepted_call_put_it() -> None:
    job = begun(IP, memory=knowing("source", IP))

    look = a_look(job, carrying(SOURCE, VIP), carrying(TARGET, VIP))

    assert belief(job, look, a_call(part=IP)).place is Place.TARGET


def test_the_ends_interfaces_come_along() -> None:
    source = an_end(SOURCE, source_dest_check=True)

    _, seen = looked(a_move(), a_look(a_move(), an_elastic_ip(SOURCE), source))

    assert seen.interfaces == {
        SOURCE.interface_id: source,
        TARGET.interface_id: an_end(TARGET),
    }


def test_an_end_that_is_none_has_no_interface() -> None:
    job = a_move(moving=moving(source=None))

    _, seen = looked(job, a_look(job, an_elastic_ip(TARGET)))

    assert set(seen.interfaces) == {TARGET.interface_id}
