"""What a job believes of one look at what moves in one call (protocol P1)."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.job import Aim, Intent, Moving
from failover.engine.moves import whereabouts
from failover.engine.moves.places import Place
from failover.engine.steps import Need
from failover.engine.topology import Observation
from tests.engine.cast import ADDRESS, LIMITS, NOW
from tests.engine.moves.cast import (
    EIP,
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
    begun,
    carrying,
    denied,
    knowing,
    moving,
    unanswered,
)
from tests.engine.moves.looking import belief, looked, trace

# Left out, and gone.


def test_a_part_left_out_once_is_unknown() -> None:
    memory, seen = looked(a_move(), a_look(a_move()))

    assert seen.parts[0].place is Place.UNKNOWN
    assert trace(memory).omitted_since == NOW - 0.1


def test_a_part_left_out_twice_is_asked_for_by_id() -> None:
    early = a_move(memory=knowing("source", omitted_since=NOW - 4))
    late = a_move(memory=knowing("source", omitted_since=NOW - 6))

    assert belief(early, a_look(early)).needs == frozenset()
    assert belief(late, a_look(late)).needs == {Need.CONFIRMATION}


@pytest.mark.parametrize(
    ("part", "id_"), [(EIP, str(ADDRESS)), (ROUTES[0], str(TABLES[0]))]
)
def test_a_part_left_out_twice_and_not_found_by_id_is_gone(part: Any, id_: str) -> None:
    job = a_move(part, memory=knowing("source", part, omitted_since=NOW - 6))

    one = belief(job, a_look(job, not_found=[id_]))

    assert (one.place, one.since) == (Place.GONE, NOW - 6)


def test_a_part_that_shows_again_was_never_gone() -> None:
    job = a_move(memory=knowing("source", omitted_since=NOW - 6))

    memory, _ = looked(job, a_look(job, an_elastic_ip(SOURCE)))

    assert trace(memory).omitted_since is None


# Old reads.


def test_an_accepted_move_that_does_not_show_yet_is_waited_for() -> None:
    job = begun(memory=knowing("source"))

    memory, seen = looked(job, a_look(job, an_elastic_ip(SOURCE)), a_call())

    assert seen.parts[0].place is Place.UNKNOWN
    assert memory.landed == ()


def test_an_accepted_move_that_must_show_and_does_not_is_over() -> None:
    job = begun(memory=knowing("source"))
    long_ago = a_call(ended_at=NOW - LIMITS.visible_s - 1)

    memory, seen = looked(job, a_look(job, an_elastic_ip(SOURCE)), long_ago)

    assert seen.parts[0].place is Place.SOURCE
    assert memory.landed == (long_ago.seq,)


def test_an_accepted_move_without_a_recorded_end_counts_from_its_intent() -> None:
    job = begun(memory=knowing("source"))
    lost = a_call(intent_at=NOW - LIMITS.visible_s - 1, ended_at=None)

    assert belief(job, a_look(job, an_elastic_ip(SOURCE)), lost).place is Place.SOURCE


def test_a_place_that_was_left_lately_is_an_old_read() -> None:
    job = begun(memory=knowing("target", left=(("source", NOW - 10),)))

    memory, seen = looked(job, a_look(job, an_elastic_ip(SOURCE)))

    assert seen.parts[0].place is Place.UNKNOWN
    assert trace(memory).place == "target"


def test_a_place_that_was_left_long_ago_is_the_truth() -> None:
    left_at = NOW - LIMITS.visible_s - 1
    job = begun(memory=knowing("target", left=(("source", left_at),)))

    memory, seen = looked(job, a_look(job, an_elastic_ip(SOURCE)))

    assert seen.parts[0].place is Place.SOURCE
    assert trace(memory).left == (("target", NOW - 0.1),)


def test_a_place_to_which_an_accepted_call_led_back_is_the_truth() -> None:
    job = begun(memory=knowing("target", left=(("source", NOW - 10),)))

    one = belief(job, a_look(job, an_elastic_ip(SOURCE)), a_call(SOURCE))

    assert one.place is Place.SOURCE


def test_an_unanswered_call_back_does_not_prove_that_it_is_back() -> None:
    memory = knowing("target", left=(("source", NOW - 10),))
    job = begun(aim=Aim.SOURCE, memory=memory)

    one = belief(job, a_look(job, an_elastic_ip(SOURCE)), unanswered(SOURCE))

    assert one.place is Place.UNKNOWN


def test_an_unanswered_call_that_may_have_landed_is_bad_news_at_once() -> None:
    """It is believed to be away, and the call is not believed to be over."""
    memory = knowing("source", left=(("target", NOW - 10),))
    job = begun(aim=Aim.SOURCE, memory=memory)
    look = a_look(job, an_elastic_ip(TARGET))
    settled = unanswered(intent_at=NOW - LIMITS.settle_s - 1)

    after, seen = looked(job, look, unanswered())

    assert (seen.parts[0].place, after.landed) == (Place.TARGET, ())
    assert belief(job, look, settled).place is Place.UNKNOWN


def test_a_place_where_it_never_was_is_no_old_read() -> None:
    job = begun(memory=knowing("source"))

    assert belief(job, a_look(job, an_elastic_ip())).place is Place.FREE


def test_a_private_address_that_one_old_read_hides_is_unclear() -> None:
    """The source is read fresh and the target old: it shows at neither."""
    job = begun(IP, memory=knowing("source", IP))
    later = replace(job, memory=knowing("source", IP, since=NOW - 31))
    look = a_look(job, needs=[Need.ADDRESSES])

    assert belief(job, look, unanswered(part=IP)).place is Place.UNKNOWN
    assert belief(later, look, unanswered(part=IP)).place is Place.FREE


def without_the_source(look: Observation) -> Observation:
    shown = {k: v for k, v in look.interfaces.items() if k != SOURCE.interface_id}
    return replace(look, interfaces=shown)


def test_a_private_address_is_not_free_because_its_interface_was_left_out() -> None:
    job = begun(IP, memory=knowing("source", IP, since=NOW - 31))
    look = without_the_source(a_look(job, needs=[Need.ADDRESSES]))

    memory, seen = looked(job, look)

    assert seen.parts[0].place is Place.UNKNOWN
    assert trace(memory).omitted_since == NOW - 0.1


def test_a_private_address_is_free_once_its_interface_is_gone() -> None:
    memory = knowing("source", IP, since=NOW - 31, omitted_since=NOW - 6)
    job = begun(IP, memory=memory)
    look = without_the_source(a_look(job, needs=[Need.ADDRESSES]))
    found = replace(look, not_found=frozenset({SOURCE.interface_id}))

    assert belief(job, look).needs == {Need.ADDRESSES, Need.CONFIRMATION}
    assert belief(job, found).place is Place.FREE


def test_a_strangers_address_is_not_free_because_one_look_left_it_out() -> None:
    stranger = knowing(f"elsewhere {STRANGERS}", IP)
    job = begun(IP, memory=stranger)
    look = a_look(job, needs=[Need.ADDRESSES])
    waited = knowing(f"elsewhere {STRANGERS}", IP, omitted_since=NOW - 6)

    memory, seen = looked(job, look)

    assert seen.parts[0].place is Place.UNKNOWN
    assert trace(memory).omitted_since == NOW - 0.1
    assert belief(replace(job, memory=waited), look).place is Place.FREE


def test_what_was_never_seen_is_looked_for_where_it_was_said_to_be() -> None:
    job = begun(IP)
    look = without_the_source(a_look(job, needs=[Need.ADDRESSES]))

    assert belief(job, look).place is Place.UNKNOWN


# What has landed.


def test_an_accepted_move_that_is_seen_has_landed() -> None:
    job = begun(memory=knowing("source"))

    memory, seen = looked(job, a_look(job, an_elastic_ip(TARGET)), a_call())

    assert seen.parts[0].place is Place.TARGET
    assert memory.landed == (1,)


def test_the_only_unanswered_move_that_is_seen_has_landed() -> None:
    job = begun(memory=knowing("source"))

    memory, _ = looked(job, a_look(job, an_elastic_ip(TARGET)), unanswered())

    assert memory.landed == (1,)


@pytest.mark.parametrize("second", [unanswered(seq=2), a_call(seq=2)])
def test_of_two_moves_the_unanswered_one_may_still_land(second: Intent) -> None:
    job = begun(memory=knowing("source"))

    memory, _ = looked(job, a_look(job, an_elastic_ip(TARGET)), unanswered(), second)

    assert 1 not in memory.landed


def test_an_unanswered_move_to_where_it_was_seen_before_has_not_landed() -> None:
    job = begun(memory=knowing("target"))

    memory, _ = looked(job, a_look(job, an_elastic_ip(TARGET)), unanswered())

    assert memory.landed == ()


def test_a_refused_move_never_lands() -> None:
    job = begun(memory=knowing("source"))

    memory, _ = looked(job, a_look(job, an_elastic_ip(TARGET)), denied("AuthFailure"))

    assert memory.landed == ()


def test_what_has_landed_is_kept() -> None:
    memory = replace(knowing("target"), landed=(1,))
    job = begun(memory=memory)

    after, _ = looked(job, a_look(job, an_elastic_ip(TARGET)), a_call())

    assert after.landed == (1,)


# What is remembered.


def test_a_place_is_remembered_since_the_first_look() -> None:
    job = begun(memory=knowing("source"))

    memory, seen = looked(job, a_look(job, an_elastic_ip(SOURCE)))

    assert trace(memory).since == seen.parts[0].since == NOW - 10
    assert seen.is_confirmed(seen.parts[0])


def test_a_first_look_is_not_confirmed() -> None:
    memory, seen = looked(a_move(), a_look(a_move(), an_elastic_ip(SOURCE)))

    assert not seen.is_confirmed(seen.parts[0])
    assert trace(memory).left == ()


def test_the_world_has_moved_only_when_a_place_has_changed() -> None:
    first, _ = looked(a_move(), a_look(a_move(), an_elastic_ip(SOURCE)))
    job = begun(memory=first)
    same, _ = looked(job, a_look(job, an_elastic_ip(SOURCE), began_at=NOW))
    unclear, _ = looked(job, a_look(job, began_at=NOW))
    moved, _ = looked(job, a_look(job, an_elastic_ip(TARGET), began_at=NOW))

    assert (same.state_key, same.state_since) == (first.state_key, NOW - 0.1)
    assert unclear.state_key == first.state_key
    assert (moved.state_key != first.state_key, moved.state_since) == (True, NOW)


def test_it_served_at_the_latest_when_all_parts_were_at_one_end() -> None:
    job = a_move(*ROUTES)
    mixed = a_look(job, a_table(TABLES[0], SOURCE), a_table(TABLES[1], TARGET))
    whole = a_look(job, a_table(TABLES[0], SOURCE), a_table(TABLES[1], SOURCE))

    assert looked(job, mixed)[0].last_attached_at is None
    assert looked(job, whole)[0].last_attached_at == whole.ended_at


# Elastic IPs that ride on a private address.


def test_riders_are_known_only_when_somebody_has_looked() -> None:
    job = a_move(IP, snapshot=((ADDRESS, VIP),))
    interface = carrying(SOURCE, VIP)
    rider = an_elastic_ip(SOURCE, private_ip=VIP)

    _, blind = looked(job, a_look(job, interface))
    _, seen = looked(job, a_look(job, interface, rider, needs=[Need.ADDRESSES]))
    _, lost = looked(job, a_look(job, interface, needs=[Need.ADDRESSES]))

    assert blind.riders is None
    assert seen.riders == {ADDRESS: (SOURCE.interface_id, VIP)}
    assert lost.riders == {}


def test_a_moving_without_parts_is_nowhere_and_everywhere() -> None:
    empty = Moving(parts=(), source=SOURCE, target=TARGET)
    job = a_move(moving=moving())
    _, seen = whereabouts.look(
        job=job, moving=empty, intents=(), observation=a_look(job), limits=LIMITS
    )

    assert seen.are_all(Place.TARGET)
