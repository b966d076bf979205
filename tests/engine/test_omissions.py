"""What a look leaves out: the interface, or its addresses (protocol P1, P4)."""

from dataclasses import replace

import pytest

from failover.engine.sight import Kind
from failover.engine.topology import ElasticIp
from tests.engine.cast import (
    ADDRESS,
    NOW,
    PRIVATE_IP,
    a_look,
    an_interface,
    held,
    under_way,
)
from tests.engine.looking import ATTACHED, knowing, look


def test_one_omission_is_unknown() -> None:
    memory, seen = look(a_look(None))

    assert seen.kind is Kind.UNKNOWN
    assert memory.omitted_since == NOW - 0.1


def test_two_omissions_close_together_are_unknown() -> None:
    _, seen = look(a_look(None), job=knowing(omitted_since=NOW - 3))

    assert seen.kind is Kind.UNKNOWN
    assert not seen.needs_confirmation


def test_two_omissions_apart_ask_by_id() -> None:
    _, seen = look(a_look(None), job=knowing(omitted_since=NOW - 6))

    assert seen.kind is Kind.UNKNOWN
    assert seen.needs_confirmation


def test_two_omissions_and_not_found_by_id_are_gone() -> None:
    _, seen = look(a_look(None, not_found=True), job=knowing(omitted_since=NOW - 6))

    assert seen.kind is Kind.GONE


def test_an_interface_that_shows_again_was_never_gone() -> None:
    memory, _ = look(a_look(an_interface(held())), job=knowing(omitted_since=NOW - 6))

    assert memory.omitted_since is None


# Addresses.

WITH_ADDRESS = under_way(snapshot=((ADDRESS, PRIVATE_IP),))


def test_an_address_in_its_place_is_not_missed() -> None:
    _, seen = look(a_look(an_interface(held())), job=WITH_ADDRESS)

    assert seen.missing == ()


@pytest.mark.parametrize(
    ("found", "elsewhere"),
    [
        (None, None),
        ((ElasticIp(allocation_id=ADDRESS, public_ip="198.51.100.7"),), ()),
        (
            (
                ElasticIp(
                    allocation_id=ADDRESS,
                    public_ip="198.51.100.7",
                    association_id="eipassoc-9",
                ),
            ),
            (ADDRESS,),
        ),
    ],
)
def test_a_missing_address_is_told_with_where_it_is(
    found: tuple[ElasticIp, ...] | None, elsewhere: tuple[str, ...] | None
) -> None:
    bare = an_interface(held(), addresses=())

    _, seen = look(a_look(bare, addresses=found), job=WITH_ADDRESS)

    assert seen.missing == ((ADDRESS, PRIVATE_IP),)
    assert seen.elsewhere == elsewhere


def test_an_address_that_no_longer_exists_is_elsewhere() -> None:
    bare = an_interface(held(), addresses=())

    _, seen = look(a_look(bare, addresses=()), job=WITH_ADDRESS)

    assert seen.elsewhere == (ADDRESS,)


def test_a_sight_without_a_beginning_begins_with_the_look() -> None:
    _, seen = look(
        a_look(an_interface(held())),
        job=replace(ATTACHED, memory=replace(ATTACHED.memory, state_since=None)),
    )

    assert seen.since == seen.began_at
