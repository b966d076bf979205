"""What a job may believe of a look at EC2 (protocol P1)."""

import pytest

from failover.engine.job import Job, Outcome
from failover.engine.sight import Kind
from failover.engine.topology import Rank
from tests.engine.cast import (
    AT_PRIMARY,
    AT_STANDBY,
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    a_detach,
    a_look,
    an_attach,
    an_instance,
    an_interface,
    held,
)
from tests.engine.looking import ATTACHED, KNOWN, knowing, look


def test_a_first_look_is_remembered() -> None:
    memory, seen = look(a_look(an_interface(held())))

    assert seen.kind is Kind.HELD
    assert seen.attachment == held()
    assert not seen.is_confirmed
    assert (memory.attachment_id, memory.rank) == (AT_PRIMARY, Rank.ATTACHED)
    assert memory.last_attached_at == seen.ended_at


def test_the_same_sight_again_is_confirmed() -> None:
    memory, seen = look(a_look(an_interface(held())), job=ATTACHED)

    assert seen.is_confirmed
    assert memory.state_since == NOW - 100


@pytest.mark.parametrize("status", ["attaching", "attached"])
def test_a_step_backwards_is_a_stale_read(status: str) -> None:
    job = knowing(rank=Rank.DETACHING, **KNOWN)

    memory, seen = look(a_look(an_interface(held(status=status))), job=job)

    assert seen.kind is Kind.UNKNOWN
    assert memory == job.memory


def test_a_step_forwards_is_believed() -> None:
    memory, seen = look(a_look(an_interface(held(status="detaching"))), job=ATTACHED)

    assert seen.kind is Kind.HELD
    assert memory.rank is Rank.DETACHING


def test_a_known_attachment_without_a_rank_may_be_at_any() -> None:
    job = knowing(attachment_id=AT_PRIMARY)

    _, seen = look(a_look(an_interface(held(status="attaching"))), job=job)

    assert seen.kind is Kind.HELD


def test_a_status_that_ec2_has_not_told_of_is_unclear() -> None:
    _, seen = look(a_look(an_interface(held(status="associating"))))

    assert seen.kind is Kind.UNKNOWN


def test_a_detached_attachment_is_no_attachment() -> None:
    _, seen = look(a_look(an_interface(held(status="detached"))))

    assert seen.kind is Kind.FREE
    assert seen.attachment is None


def test_an_attachment_that_is_followed_by_another_is_dead() -> None:
    memory, _ = look(a_look(an_interface(held(STANDBY))), job=ATTACHED)

    assert memory.attachment_id == AT_STANDBY
    assert memory.dead == (AT_PRIMARY,)


@pytest.mark.parametrize("buried_at", [None, NOW - 1])
def test_the_dead_stay_dead(buried_at: float | None) -> None:
    job = knowing(dead=(AT_PRIMARY,), buried_at=buried_at)

    _, seen = look(a_look(an_interface(held())), job=job)

    assert seen.kind is Kind.UNKNOWN


def test_one_held_for_dead_that_shows_much_later_lives() -> None:
    job = knowing(dead=(AT_PRIMARY, AT_STANDBY), buried_at=NOW - 31)

    memory, seen = look(a_look(an_interface(held())), job=job)

    assert seen.kind is Kind.HELD
    assert memory.dead == (AT_STANDBY,)


# Available.


def test_a_free_interface_buries_the_attachment_that_was_leaving() -> None:
    job = knowing(rank=Rank.DETACHING, **KNOWN)

    memory, seen = look(a_look(an_interface()), job=job)

    assert seen.kind is Kind.FREE
    assert memory.dead == (AT_PRIMARY,)
    assert memory.buried_at == seen.began_at
    assert memory.attachment_id is None


def test_a_free_interface_buries_what_we_detached_though_no_look_had_shown_it() -> None:
    """The request's own look named it, and old reads may show it yet."""
    memory, _ = look(a_look(an_interface()), a_detach(outcome=Outcome.UNKNOWN))

    assert memory.dead == (AT_PRIMARY,)


def test_another_attachment_soon_after_an_accepted_attach_is_stale() -> None:
    accepted = an_attach(ended_at=NOW - 5)
    long_ago = an_attach(ended_at=NOW - LIMITS.visible_s - 1)
    unnamed = an_attach(attachment_id=None)
    leaving = a_look(an_interface(held(status="detaching")))

    assert look(leaving, accepted)[1].kind is Kind.UNKNOWN
    assert look(leaving, long_ago)[1].kind is Kind.HELD
    assert look(leaving, unnamed)[1].kind is Kind.HELD


def test_available_soon_after_an_accepted_attach_is_stale() -> None:
    _, seen = look(a_look(an_interface()), an_attach())

    assert seen.kind is Kind.UNKNOWN


def test_available_long_after_an_accepted_attach_is_true() -> None:
    before = an_attach(ended_at=NOW - 31)

    memory, seen = look(a_look(an_interface()), before)

    assert seen.kind is Kind.FREE
    assert memory.dead == (AT_STANDBY,)


def test_an_accepted_attach_without_an_end_counts_from_its_intent() -> None:
    _, seen = look(a_look(an_interface()), an_attach(ended_at=None))

    assert seen.kind is Kind.UNKNOWN


def test_available_after_an_attach_to_a_dying_instance_is_true() -> None:
    dying = an_instance(STANDBY, "shutting-down")

    _, seen = look(a_look(an_interface(), dying), an_attach())

    assert seen.kind is Kind.FREE


def test_available_after_a_detach_of_that_attachment_is_true() -> None:
    _, seen = look(a_look(an_interface()), an_attach(), a_detach(AT_STANDBY))

    assert seen.kind is Kind.FREE


def test_an_attach_that_is_known_gone_is_not_waited_for() -> None:
    _, seen = look(a_look(an_interface()), an_attach(), job=knowing(dead=(AT_STANDBY,)))

    assert seen.kind is Kind.FREE


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN, None])
def test_only_an_accepted_attach_makes_available_stale(
    outcome: Outcome | None,
) -> None:
    _, seen = look(a_look(an_interface()), an_attach(outcome=outcome))

    assert seen.kind is Kind.FREE


def lately_attached() -> Job:
    return knowing(attachment_id=AT_PRIMARY, rank=Rank.ATTACHED, state_since=NOW - 3)


def test_available_soon_after_somebody_elses_attachment_is_stale() -> None:
    memory, seen = look(a_look(an_interface()), job=lately_attached())

    assert seen.kind is Kind.UNKNOWN
    assert memory.dead == ()


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.UNKNOWN, None])
def test_available_after_a_detach_that_may_have_worked_is_true(
    outcome: Outcome | None,
) -> None:
    sent = a_detach(outcome=outcome)

    _, seen = look(a_look(an_interface()), sent, job=lately_attached())

    assert seen.kind is Kind.FREE


def test_a_refused_detach_frees_nothing() -> None:
    sent = a_detach(outcome=Outcome.REFUSED)

    _, seen = look(a_look(an_interface()), sent, job=lately_attached())

    assert seen.kind is Kind.UNKNOWN


def test_available_while_a_holder_dies_is_true() -> None:
    dying = an_instance(PRIMARY, "terminated")

    _, seen = look(a_look(an_interface(), dying), job=lately_attached())

    assert seen.kind is Kind.FREE


def test_available_after_what_only_the_request_saw_is_true() -> None:
    job = knowing(attachment_id=AT_PRIMARY, rank=Rank.ATTACHED)

    _, seen = look(a_look(an_interface()), job=job)

    assert seen.kind is Kind.FREE


def test_available_at_the_same_sight_keeps_its_beginning() -> None:
    job = knowing(state_key="free", state_since=NOW - 7)

    _, seen = look(a_look(an_interface()), job=job)

    assert seen.since == NOW - 7


# Gone.
