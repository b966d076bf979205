"""When a moving resource went dark and was restored (protocol P11)."""

from typing import Any

import pytest

from failover.engine.job import Aim, Intent, Job, Outcome
from failover.engine.moves import stamps
from failover.engine.moves.places import Place, Whereabouts
from failover.engine.stamps import stamp_receipts
from tests.engine.cast import NOW, remembering
from tests.engine.moves.cast import (
    ROUTES,
    SOURCE,
    a_call,
    a_move,
    at,
    begun,
    denied,
    moving,
    unanswered,
)

HERE, THERE, FREE = Place.TARGET, Place.SOURCE, Place.FREE


def stamped(job: Job, seen: Whereabouts, *intents: Intent) -> Job:
    assert job.moving is not None
    return stamps.stamp(job=job, moving=job.moving, intents=intents, seen=seen)


def not_dark(*parts: Any, **changes: Any) -> Job:
    return begun(*parts, **{"outage_started_at": None, **changes})


# The outage.


def test_an_accepted_move_from_a_live_end_is_an_outage_from_its_sending() -> None:
    job = stamp_receipts(job=a_move(), intents=[a_call()])
    assert job.outage_started_at == NOW - 5.1


def test_a_move_of_what_was_free_is_no_outage() -> None:
    assert stamp_receipts(job=a_move(), intents=[a_call(is_free=True)]) == a_move()


def test_an_unanswered_move_that_took_effect_began_the_outage() -> None:
    refused = denied("IncorrectInstanceState", sent_at=NOW - 9)
    first, second = unanswered(sent_at=NOW - 8), unanswered(sent_at=NOW - 7)

    job = stamped(not_dark(), at(HERE), refused, first, second)

    assert job.outage_started_at == NOW - 8


def test_a_move_without_a_sending_time_counts_from_its_intent() -> None:
    lost = unanswered(sent_at=None, outcome=None)

    assert stamped(not_dark(), at(HERE), lost).outage_started_at == lost.intent_at


def test_the_first_route_that_moved_began_the_outage() -> None:
    job = not_dark(*ROUTES)
    lost = unanswered(part=ROUTES[1], sent_at=NOW - 4)

    assert stamped(job, at(THERE, HERE, job=job), lost).outage_started_at == NOW - 4


def test_an_outage_begins_once() -> None:
    assert stamped(begun(), at(HERE), unanswered()).outage_started_at == NOW - 9


@pytest.mark.parametrize("place", [THERE, Place.UNKNOWN, Place.ELSEWHERE])
def test_nothing_that_took_no_effect_is_an_outage(place: Place) -> None:
    assert stamped(not_dark(), at(place), unanswered()).outage_started_at is None


def test_a_human_who_finished_the_move_made_no_outage_of_ours() -> None:
    assert stamped(not_dark(), at(HERE)).outage_started_at is None


def test_what_a_third_party_freed_was_dark_since_it_was_last_seen_in_place() -> None:
    job = not_dark(memory=remembering(last_attached_at=NOW - 3))

    assert stamped(job, at(FREE)).outage_started_at == NOW - 3
    assert stamped(not_dark(), at(FREE)).outage_started_at == NOW


def test_what_was_free_at_the_start_has_no_outage() -> None:
    job = not_dark(moving=moving(source=None))

    assert stamped(job, at(FREE, job=job)).outage_started_at is None
    done = stamped(job, at(HERE, job=job), a_call(is_free=True))
    assert (done.outage_started_at, done.restored_at) == (None, NOW)


# The restoration.


def test_it_is_restored_when_a_look_shows_it_at_its_aim() -> None:
    job = stamped(begun(), at(HERE), a_call())

    assert (job.restored_at, job.memory.settled_since) == (NOW, NOW - 0.1)


def test_it_stays_restored_since_the_first_look() -> None:
    memory = remembering(settled_since=NOW - 3)

    job = stamped(begun(memory=memory, restored_at=NOW - 3), at(HERE), a_call())

    assert (job.restored_at, job.memory.settled_since) == (NOW - 3, NOW - 3)


def test_routes_are_restored_with_the_last_of_them() -> None:
    job = begun(*ROUTES)

    mixed = stamped(job, at(HERE, THERE, job=job), a_call(part=ROUTES[0]))
    whole = stamped(job, at(HERE, HERE, job=job), a_call(part=ROUTES[0]))

    assert mixed.restored_at is None
    assert whole.restored_at == NOW


@pytest.mark.parametrize("intents", [(), (a_call(outcome=Outcome.NOT_SENT),)])
def test_nothing_is_restored_where_nothing_was_sent(intents: Any) -> None:
    job = stamped(not_dark(), at(HERE), *intents)

    assert job.restored_at is None
    assert job.memory.settled_since == NOW - 0.1


def test_a_turned_job_is_restored_at_the_source() -> None:
    job = stamped(begun(aim=Aim.SOURCE), at(THERE), a_call(), a_call(SOURCE))

    assert job.restored_at == NOW


def restored(**changes: Any) -> Job:
    memory = remembering(settled_since=NOW - 3)
    return begun(restored_at=NOW - 3, memory=memory, **changes)


@pytest.mark.parametrize("place", [THERE, FREE, Place.ELSEWHERE, Place.GONE])
def test_it_is_no_longer_restored_when_it_shows_elsewhere(place: Place) -> None:
    job = stamped(restored(), at(place), a_call())

    assert (job.restored_at, job.memory.settled_since) == (None, None)


def test_an_old_look_takes_nothing_back_but_is_no_second_look() -> None:
    job = stamped(restored(), at(Place.UNKNOWN), a_call())

    assert (job.restored_at, job.memory.settled_since) == (NOW - 3, None)


def test_lying_free_settles_where_it_was_free_at_the_start() -> None:
    job = begun(moving=moving(source=None), aim=Aim.SOURCE)

    assert stamped(job, at(FREE, job=job)).memory.settled_since == NOW - 0.1
    assert stamped(job, at(HERE, job=job)).memory.settled_since is None
