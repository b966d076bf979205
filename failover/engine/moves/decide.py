"""The decide table of what moves in one call: `eip`, `private-ip`, `route` (P4, P5).

Pure and total. The rows are tried in their order and the first that applies is the
step: free parts are restored before anything else, and nothing that lies at one of
our ends is touched while a part of it is in foreign hands.
"""

from collections.abc import Iterable

from failover.engine.job import Aim, End, Intent, Outcome, State
from failover.engine.moves import ending, verdicts
from failover.engine.moves.calls import make_move
from failover.engine.moves.places import Lying, Place, end_of
from failover.engine.moves.verdicts import Case
from failover.engine.refusals import Verdict
from failover.engine.steps import Finish, Need, Park, Send, Step, Turn, Wait

Args = tuple[tuple[str, str], ...]
INSTANCES = frozenset({Need.INSTANCES})


def decide(case: Case) -> Step:
    """The one next step. Never raises, whatever was seen."""
    here, there = _sides(case)
    aim = end_of(case.moving, here)
    if aim is None:
        return _no_end(case, there)
    away = [one for one in case.seen.parts if one.place in (Place.FREE, there)]
    final = [p for p in away if verdicts.judge(case, p, aim) is Verdict.FINAL]
    return (
        _not_yet_clear(case)
        or _turn(case, final, aim)
        or _restore(case, away, aim)
        or _astray(case)
        or _give_up(case, final, aim)
        or _bring(case, away, aim)
        or _unclear(case)
        or ending.verify(case, aim, is_target=here is Place.TARGET)
    )


def _sides(case: Case) -> tuple[Place, Place]:
    if case.job.aim is Aim.TARGET:
        return Place.TARGET, Place.SOURCE
    return Place.SOURCE, Place.TARGET


# What is not known, gone or in foreign hands.


def _not_yet_clear(case: Case) -> Step | None:
    """Before the first call everything must be known."""
    return _unclear(case) if case.job.first_intent_at is None else None


def _unclear(case: Case) -> Step | None:
    unknown = [one for one in case.seen.parts if one.place is Place.UNKNOWN]
    if not unknown:
        return None
    needs: frozenset[Need] = frozenset().union(*(one.needs for one in unknown))
    return Wait(waiting_for="clear_view", needs=needs)


def _astray(case: Case) -> Step | None:
    for one in case.seen.parts:
        if one.place is Place.GONE:
            return ending.leave(case, "gone", (("part", one.part.key),))
    for one in case.seen.parts:
        if one.place is Place.ELSEWHERE:
            if not case.seen.is_confirmed(one):
                return Wait(waiting_for="clear_view")
            args = (("part", one.part.key), ("holder", one.holder))
            return ending.leave(case, "foreign_holder", args)
    return None


def _no_end(case: Case, there: Place) -> Step:
    """Nowhere to bring it: it was free at the start, or is asked to lie free."""
    if case.seen.are_all(Place.FREE):
        return _lies_free(case)
    if end_of(case.moving, there) is None:
        return _astray(case) or Park(why="both_ends_impossible", needs=INSTANCES)
    # A move cannot be called back to nowhere: on to the one end that there is.
    return _unclear(case) or _astray(case) or Turn(why="nothing_to_return_to")


def _lies_free(case: Case) -> Step:
    settled, after_s = case.job.memory.settled_since, case.limits.verify_after_s
    if settled is None or case.seen.began_at < settled + after_s:
        due = (case.now if settled is None else settled) + after_s
        return Wait(waiting_for="verify", until=due)
    if any(_may_land(case, i) for i in case.intents):
        return Wait(waiting_for="settle")
    is_target = case.job.aim is Aim.TARGET
    return ending.finish(case, State.SUCCEEDED if is_target else State.REVERSED)


def _may_land(case: Case, intent: Intent) -> bool:
    """Whether a call may still bring a free part somewhere."""
    is_accepted = intent.outcome is Outcome.OK
    is_over = intent.seq in case.job.memory.landed
    return case.is_open(intent) or (is_accepted and not is_over)


# An end that refuses.


def _turn(case: Case, final: list[Lying], aim: End) -> Step | None:
    """The aim refuses a part for good: all goes to the other end, if that takes it."""
    if not final:
        return None
    _, there = _sides(case)
    is_first = case.job.first_intent_at is None
    if is_first and all(one.place is there for one in case.seen.parts):
        reason = verdicts.find_obstacle(case, aim) or "addresses"
        return ending.call_off(reason)
    other = end_of(case.moving, there)
    if other is None or _are_turns_spent(case, final):
        return None
    moving = [p for p in case.seen.parts if p.place is not there]
    if any(verdicts.judge(case, p, other) is Verdict.FINAL for p in moving):
        return None
    return Turn(why="move_refused", args=_refusal(case, final[0], aim))


def _give_up(case: Case, final: list[Lying], aim: End) -> Step | None:
    """Refused for good, and no other end to turn to."""
    if not final:
        return None
    if case.job.first_intent_at is None:
        return ending.call_off("addresses")
    args = _refusal(case, final[0], aim)
    _, there = _sides(case)
    if end_of(case.moving, there) is None and case.seen.are_all(Place.FREE):
        if any(_may_land(case, i) for i in case.intents):
            return Wait(waiting_for="settle")
        if _is_held_unseen(case, final[0], aim):
            return ending.leave(case, "unseen_holder", (("part", final[0].part.key),))
        return Finish(state=State.REVERSED, why="move_refused", args=args)
    spent = _are_turns_spent(case, final)
    why = "effort_spent" if spent else "both_ends_impossible"
    return Park(why=why, args=args, needs=INSTANCES)


def _is_held_unseen(case: Case, lying: Lying, aim: End) -> bool:
    """Whether EC2 says that somebody has it whom no look shows: it is not free."""
    refusal = verdicts.last_refusal(case, lying, aim)
    return refusal is not None and verdicts.is_race(refusal)


def _are_turns_spent(case: Case, final: list[Lying]) -> bool:
    """Bound K; but nothing forbids to restore what lies free (P2)."""
    is_free = any(one.place is Place.FREE for one in final)
    return case.job.turns >= case.limits.effort and not is_free


def _refusal(case: Case, lying: Lying, end: End) -> Args:
    last = verdicts.last_refusal(case, lying, end)
    return (
        ("instance", end.instance_id),
        ("code", last.error_code if last else "addresses"),
        ("message", last.error_message if last else ""),
    )


# On the way.


def _restore(case: Case, away: Iterable[Lying], aim: End) -> Step | None:
    """A free part is put at the aim; nothing forbids it but EC2 (P2)."""
    steps = [_put(case, one, aim) for one in away if one.place is Place.FREE]
    return next((s for s in steps if isinstance(s, Send)), None)


def _bring(case: Case, away: Iterable[Lying], aim: End) -> Step | None:
    """What lies at the other end is taken from there, one part a tick."""
    steps: list[Step] = []
    for one in away:
        is_free = one.place is Place.FREE
        steps.append(_put(case, one, aim) if is_free else _take(case, one, aim))
    for kind in (Turn, Send, Finish, Park, Wait):
        found = next((s for s in steps if isinstance(s, kind)), None)
        if found is not None:
            return found
    return None


def _put(case: Case, lying: Lying, aim: End) -> Step:
    if verdicts.judge(case, lying, aim) is not Verdict.POSSIBLE:
        return Wait(waiting_for="facts", needs=INSTANCES)
    at = verdicts.repeat_at(case, lying, aim)
    if case.now < at:
        return Wait(waiting_for="moved", until=at, needs=INSTANCES)
    call = make_move(lying.part, aim, is_free=lying.place is Place.FREE)
    return Send(call=call, waiting_for="moved")


def _take(case: Case, lying: Lying, aim: End) -> Step:
    if not case.has_departed:
        doubt = _doubt_before_first_move(case, aim)
        if doubt is not None:
            return doubt
    if verdicts.must_settle(case, lying, aim):
        return Wait(waiting_for="settle", needs=INSTANCES)
    if not verdicts.has_effort_left(case, lying):
        return Park(why="effort_spent", needs=INSTANCES)
    return _put(case, lying, aim)


def _doubt_before_first_move(case: Case, aim: End) -> Step | None:
    """P6: the target's facts, at most five seconds old, must still be true."""
    fact = case.facts.get(aim.instance_id)
    if fact is None or case.now - fact.began_at > case.limits.facts_age_s:
        return Wait(waiting_for="facts", needs=INSTANCES)
    obstacle = verdicts.find_obstacle(case, aim)
    if obstacle is None:
        return None
    if case.job.first_intent_at is None:
        return ending.call_off(obstacle)
    # Calls were sent that took nothing away: it ends where it lies.
    _, there = _sides(case)
    other = end_of(case.moving, there)
    args = (("reason", obstacle),)
    is_whole = case.seen.are_all(there)
    if is_whole or (other and verdicts.find_obstacle(case, other) is None):
        return Turn(why="no_longer_possible", args=args)
    return Park(why="both_ends_impossible", args=args, needs=INSTANCES)
