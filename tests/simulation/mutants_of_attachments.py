"""Engines without a row of the table for `eni` (P4), or without P6."""

from dataclasses import replace
from typing import Any

from failover.engine import addresses, decide, letting_go
from failover.engine.case import Case
from failover.engine.job import Call
from failover.engine.steps import Finish, Park, Send, Step, Wait
from failover.engine.topology import Attachment
from tests.simulation.mutation import Mutant, never, nothing


def _wait(*_args: object, **_kwargs: object) -> Step:
    return Wait(waiting_for="attached")


_finish_here = decide._finish_here  # noqa: SLF001 - a mutant is made of the inside.
_at_aim = decide._at_aim  # noqa: SLF001
_held = decide._held  # noqa: SLF001
_detach = letting_go.detach
_make_association = addresses.make_association


def _finish_as_asked(case: Case, *, is_target: bool, why: str = "") -> Finish:
    del is_target
    return _finish_here(case, is_target=case.job.turns == 0, why=why)


def _rob_strangers(case: Case) -> Step:
    attachment = case.seen.attachment
    ends = (case.job.aimed, case.job.other)
    if attachment is not None and attachment.instance_id not in ends:
        return _detach(case, attachment, force=False)
    return _held(case)


def _leave_addresses_behind(case: Case, attachment: Attachment) -> Step:
    return _at_aim(replace(case, seen=replace(case.seen, missing=())), attachment)


def _take_addresses(*args: Any) -> Call:
    return replace(_make_association(*args), may_take=True)


def _unburnt(case: Case, attachment: Attachment, *, force: bool) -> Step:
    step = _detach(case, attachment, force=force)
    return replace(step, burns_index=False) if isinstance(step, Send) else step


def _force_at_once(case: Case, attachment: Attachment) -> Step:
    if case.job.force_after_s is None:
        return _wait_for_end(case, attachment)
    return _detach(case, attachment, force=True)


_wait_for_end = letting_go.wait_for_end


def _wait_for_ever(case: Case, attachment: Attachment) -> Step:
    del case, attachment
    return Wait(waiting_for="detached")


def _park_refused(case: Case, target: Any) -> Step:
    del case, target
    return Park(why="both_ends_impossible")


def _without_other_facts(case: Case) -> Step | None:
    """Asks for facts, however old, and does not weigh them."""
    target = case.job.aimed
    if target is None or case.facts.get(target) is not None:
        return None
    return Wait(waiting_for="facts", needs=decide.INSTANCES)


MUTANTS = (
    Mutant(
        name="no_turn",
        drops="P4: an attach refused for good turns to the other end",
        finds=("terminate-b", "fill-b", "impede-b"),
        swaps=((decide, "_refused_for_good", _wait),),
    ),
    Mutant(
        name="refused_is_parked",
        drops="P4: only both ends impossible is parked",
        finds=("terminate-b", "impede-b"),
        swaps=((decide, "_refused_for_good", _park_refused),),
    ),
    Mutant(
        name="one_look_is_enough",
        drops="P4: the end needs a second look, VERIFY_AFTER_S later",
        finds=("drop",),
        numbers={"verify_after_s": 0.0, "finish_age_s": 60.0},
    ),
    Mutant(
        name="flag_is_not_mended",
        drops="P4: DeleteOnTermination is mended before the detach",
        finds=("hung",),
        swaps=((letting_go, "keep_on_termination", nothing),),
    ),
    Mutant(
        name="ends_as_asked",
        drops="P4: the final state says where it lies",
        finds=("call",),
        swaps=((decide, "_finish_here", _finish_as_asked),),
    ),
    Mutant(
        name="strangers_are_robbed",
        drops="P4: a third instance that holds it: park, zero calls",
        finds=("hand_attach",),
        swaps=((decide, "_held", _rob_strangers),),
    ),
    Mutant(
        name="addresses_are_left_behind",
        drops="P4: the addresses of the snapshot are in their place at the end",
        finds=("lose_address",),
        swaps=((decide, "_at_aim", _leave_addresses_behind),),
    ),
    Mutant(
        name="addresses_are_taken",
        drops="P4: an address is put back without reassociation",
        finds=("lose_address",),
        swaps=((addresses, "make_association", _take_addresses),),
    ),
    Mutant(
        name="hung_detach_is_not_told",
        drops="P4: a detach that hangs is forced by policy, or parked",
        finds=("hung", "guest"),
        swaps=((letting_go, "wait_for_end", _wait_for_ever),),
    ),
    Mutant(
        name="force_at_once",
        drops="P4: force only after FORCE_AFTER_S",
        finds=("hung", "guest"),
        swaps=((letting_go, "wait_for_end", _force_at_once),),
    ),
    Mutant(
        name="burnt_index_is_forgotten",
        drops="P4: a forced detach marks the index as burnt",
        finds=("hung", "guest"),
        swaps=((letting_go, "detach", _unburnt),),
    ),
    Mutant(
        name="stuck_attach_is_waited_for",
        drops="P4: an attach of over a minute is turned",
        finds=("stick",),
        swaps=((decide, "_is_attach_hopeless", never),),
    ),
    Mutant(
        name="target_is_not_doubted",
        drops="P6: the first detach needs facts of the target",
        finds=("late-start",),
        swaps=((decide, "_doubt_before_first_detach", nothing),),
    ),
    Mutant(
        name="old_facts_will_do",
        drops="P6: those facts are at most 5 s old",
        finds=("late-start", "blind"),
        numbers={"facts_age_s": 1e9, "instances_every_s": 1e9},
        swaps=((decide, "_doubt_before_first_detach", _without_other_facts),),
    ),
    Mutant(
        name="old_preflight_will_do",
        drops="P9: the request's own look is good for one second",
        finds=("late-look",),
        numbers={"preflight_age_s": 1e9},
    ),
)
