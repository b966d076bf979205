"""Engines without a rule of what moves in one call (P2, P4, P5)."""

from dataclasses import replace

from failover.engine.job import Call, End, Part
from failover.engine.moves import calls, decide, ending, verdicts
from failover.engine.moves.places import Lying, Place
from failover.engine.moves.verdicts import Case
from failover.engine.refusals import Verdict
from failover.engine.steps import Step, Wait
from tests.simulation.mutation import Mutant, always, never, nothing

MOVING = ("eip", "private-ip", "route")
_make_move = calls.make_move
_decide = decide.decide
_judge = verdicts.judge


def _take_always(part: Part, end: End, *, is_free: bool) -> Call:
    del is_free
    return _make_move(part, end, is_free=False)


def _take_never(part: Part, end: End, *, is_free: bool) -> Call:
    del is_free
    return _make_move(part, end, is_free=True)


def _go_to_the_primary_address(part: Part, end: End, *, is_free: bool) -> Call:
    call = _make_move(part, end, is_free=is_free)
    address = end.private_ip.rstrip("12") if part.allocation_id else call.private_ip
    return replace(call, private_ip=address)


def _see_one_part(case: Case) -> Step:
    """What the first part says is taken for all."""
    first = case.seen.parts[0]
    parts = tuple(replace(p, place=first.place) for p in case.seen.parts)
    return _decide(replace(case, seen=replace(case.seen, parts=parts)))


def _final_at_first_sight(case: Case, lying: Lying, end: End) -> Verdict:
    if verdicts.last_refusal(case, lying, end) is not None:
        return Verdict.FINAL
    return _judge(case, lying, end)


def _put_within_effort(case: Case, lying: Lying, aim: End) -> Step:
    if len(case.intents) >= case.limits.effort and lying.place is Place.FREE:
        return Wait(waiting_for="moved")
    return _put(case, lying, aim)


_put = decide._put  # noqa: SLF001 - a mutant is made of the inside.

MUTANTS = (
    Mutant(
        name="move_takes_from_anybody",
        drops="P2: seen free: AllowReassociation and AllowReassignment false, Create",
        finds=("move-",),
        families=MOVING,
        swaps=((decide, "make_move", _take_always),),
    ),
    Mutant(
        name="move_takes_from_nobody",
        drops="P2: seen on our own other end: taken from there",
        finds=("move-",),
        families=MOVING,
        swaps=((decide, "make_move", _take_never),),
    ),
    Mutant(
        name="move_to_the_primary_address",
        drops="P5: eip pins (interface, private address); reversal restores exactly it",
        finds=("move-eip",),
        families=("eip",),
        swaps=((decide, "make_move", _go_to_the_primary_address),),
    ),
    Mutant(
        name="one_table_is_enough",
        drops="P5: the holder is mixed until all tables agree",
        finds=("move-route",),
        families=("route",),
        swaps=((decide, "decide", _see_one_part),),
    ),
    Mutant(
        name="move_strangers_are_robbed",
        drops="P4: what a stranger has is left alone, and told of",
        finds=("move-eip-hand_attach",),
        families=MOVING,
        swaps=((decide, "_astray", nothing),),
    ),
    Mutant(
        name="move_displaces",
        drops="P5: another Elastic IP on the target's address is not displaced",
        finds=("move-squat",),
        families=("eip",),
        swaps=((verdicts, "find_other_rider", nothing),),
    ),
    Mutant(
        name="move_is_not_doubted",
        drops="P6: the first move needs facts of the target",
        finds=("move-late-start",),
        families=MOVING,
        swaps=((decide, "_doubt_before_first_move", nothing),),
    ),
    Mutant(
        name="move_does_not_settle",
        drops="P2: an open move towards another target delays the end",
        finds=("move-",),
        families=MOVING,
        swaps=((ending, "_has_harmful", never),),
    ),
    Mutant(
        name="move_does_not_settle_when_free",
        drops="P2: an open move delays the end of what lies free",
        finds=("move-free",),
        families=MOVING,
        swaps=((decide, "_may_land", never),),
    ),
    Mutant(
        name="move_never_turns",
        drops="P4: a move refused for good turns to the other end",
        finds=("move-route-impede", "move-eip-impede"),
        families=MOVING,
        swaps=((decide, "_turn", nothing), (decide, "_give_up", nothing)),
    ),
    Mutant(
        name="move_refusal_is_final",
        drops="P3: a race's refusal is looked at again",
        finds=("move-",),
        families=MOVING,
        swaps=((verdicts, "judge", _final_at_first_sight),),
    ),
    Mutant(
        name="rider_is_left_behind",
        drops="P4: an Elastic IP on a moving address is in its place at the end",
        finds=("move-rider",),
        families=("private-ip",),
        swaps=((ending, "_rider_missing", nothing),),
    ),
    Mutant(
        name="move_one_look_is_enough",
        drops="P4: the end needs a second look, VERIFY_AFTER_S later",
        finds=(),
        families=MOVING,
        numbers={"verify_after_s": 0.0, "finish_age_s": 60.0},
    ),
    Mutant(
        name="move_effort_forbids",
        drops="P2: a move of a free part is never forbidden",
        finds=("move-endless",),
        families=MOVING,
        swaps=((decide, "_put", _put_within_effort),),
    ),
    Mutant(
        name="move_turns_are_spent",
        drops="P2: a free part may always be tried at the other end",
        finds=("move-both-refuse",),
        families=MOVING,
        swaps=((decide, "_are_turns_spent", always),),
    ),
    Mutant(
        name="held_unseen_is_free",
        drops="P1: what EC2 says somebody has does not end as free",
        finds=("private-ip/21923",),
        families=("private-ip",),
        swaps=((decide, "_is_held_unseen", never),),
    ),
)
