"""From one look at EC2 to where the parts of a moving resource are (protocol P1).

A move makes no new id, so an old read cannot be told by its name. What tells it is
time and our own calls: a place that was left lately is believed again only after an
accepted call has put the part back there, and an accepted call that does not show yet
is waited for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from failover.engine import refusals
from failover.engine.job import (
    Aim,
    End,
    Intent,
    Job,
    Memory,
    Moving,
    Outcome,
    Part,
    Trace,
)
from failover.engine.limits import Limits
from failover.engine.moves import places
from failover.engine.moves.places import (
    NOTHING,
    Lying,
    Place,
    Whereabouts,
    end_of,
    goes_to,
)
from failover.engine.steps import Need
from failover.engine.topology import AllocationId, InterfaceId, Observation
from failover.engine.values import replace


def look(
    *,
    job: Job,
    moving: Moving,
    intents: Sequence[Intent],
    observation: Observation,
    limits: Limits,
) -> tuple[Memory, Whereabouts]:
    """The job's memory after `observation`, and what it may believe now."""
    aim = Place.TARGET if job.aim is Aim.TARGET else Place.SOURCE
    known = {trace.key: trace for trace in job.memory.traces}
    eyes = [
        _Eye(
            aim=aim.value,
            moving=moving,
            part=part,
            trace=known.get(part.key, Trace(key=part.key)),
            moves=_unlanded(part, intents, job.memory),
            favourite=_favourite(part, intents),
            observation=observation,
            limits=limits,
        )
        for part in moving.parts
    ]
    beliefs = [_believe(eye) for eye in eyes]
    lying = tuple(belief.lying for belief in beliefs)
    memory = replace(
        job.memory,
        traces=tuple(belief.trace for belief in beliefs),
        landed=(*job.memory.landed, *(s for belief in beliefs for s in belief.landed)),
        seen_at=observation.began_at,
    )
    memory = _keep_state(memory, lying, observation)
    return memory, Whereabouts(
        began_at=observation.began_at,
        ended_at=observation.ended_at,
        parts=lying,
        interfaces={
            end.interface_id: observation.interfaces[end.interface_id]
            for end in (moving.source, moving.target)
            if end is not None and end.interface_id in observation.interfaces
        },
        riders=_riders(job, observation),
    )


# One part.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Eye:
    """All that a belief about one part rests on.

    `moves` are its calls that may have taken effect and were not seen to; `favourite`
    is the interface that the last accepted one of all named, `aim` a place.
    """

    aim: str
    moving: Moving
    part: Part
    trace: Trace
    moves: Sequence[Intent]
    favourite: InterfaceId | None
    observation: Observation
    limits: Limits

    def towards(self, place: str) -> list[Intent]:
        end = end_of(self.moving, Place(place)) if place in _ENDS else None
        return [i for i in self.moves if end is not None and goes_to(i, end)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Belief:
    lying: Lying
    trace: Trace
    landed: tuple[int, ...] = ()


_ENDS = frozenset({Place.TARGET.value, Place.SOURCE.value})


def _unlanded(part: Part, intents: Sequence[Intent], memory: Memory) -> list[Intent]:
    return [
        i
        for i in intents
        if part.is_moved_by(i.call) and i.may_have_worked and i.seq not in memory.landed
    ]


def _favourite(part: Part, intents: Sequence[Intent]) -> InterfaceId | None:
    accepted = [
        i for i in intents if i.outcome is Outcome.OK and part.is_moved_by(i.call)
    ]
    return accepted[-1].call.interface_id if accepted else None


def _believe(eye: _Eye) -> _Belief:
    accepted = [i for i in eye.moves if i.outcome is Outcome.OK]
    last = accepted[-1] if accepted else None
    shown = places.find(
        moving=eye.moving,
        part=eye.part,
        observation=eye.observation,
        favourite=eye.favourite,
    )
    if shown is None:
        return _omitted(eye)
    trace = replace(eye.trace, omitted_since=_hidden_since(eye, shown))
    if shown == places.UNSEARCHED:
        return _doubt(eye, trace, needs=frozenset({Need.ADDRESSES}))
    if shown == Place.FREE.value and trace.omitted_since is not None:
        return _hidden(eye, trace)
    if shown == places.BOTH or _is_stale(eye, shown, last):
        return _doubt(eye, trace)
    return _settle(eye, trace, shown)


def _is_stale(eye: _Eye, shown: str, last: Intent | None) -> bool:
    """Whether the look may be older than what is already known."""
    began_at, visible_s = eye.observation.began_at, eye.limits.visible_s
    if last is not None and last not in eye.towards(shown):
        return began_at < refusals.ended_at(last) + visible_s
    if shown == eye.trace.place:
        return False
    left_at = _left_lately(eye, shown)
    if left_at is None:
        return False
    if any(_was_put_back(i, left_at, began_at) for i in eye.towards(shown)):
        return False
    # A call without an answer may have landed just now. That it is away is believed at
    # once, that it is back only later: the first costs a call, the second a false end.
    return shown == eye.aim or not any(_is_open(eye, i) for i in eye.towards(shown))


def _left_lately(eye: _Eye, shown: str) -> float | None:
    """When the part left the place that is shown, if an old look may still show it."""
    left_at = dict(eye.trace.left).get(shown)
    if _is_patchwork(eye, shown):
        left_at = max(left_at or 0.0, eye.trace.since or 0.0)
    if left_at is None or eye.observation.began_at >= left_at + eye.limits.visible_s:
        return None
    return left_at


def _is_open(eye: _Eye, move: Intent) -> bool:
    return move.is_open(now=eye.observation.began_at, settle_s=eye.limits.settle_s)


def _is_patchwork(eye: _Eye, shown: str) -> bool:
    """A private address is read off two interfaces: one old read hides it from both."""
    was_held = eye.trace.place in _ENDS
    return bool(eye.part.subnet_id) and shown == Place.FREE.value and was_held


def _was_put_back(move: Intent, left_at: float, began_at: float) -> bool:
    ended_at = refusals.ended_at(move)
    return move.outcome is Outcome.OK and left_at <= ended_at <= began_at


def _settle(eye: _Eye, trace: Trace, shown: str) -> _Belief:
    """The look is believed: the part is there, and what put it there has landed."""
    began_at = eye.observation.began_at
    landed = _landed(eye, shown)
    if shown != trace.place:
        left = {**dict(trace.left), trace.place: began_at} if trace.place else {}
        left.pop(shown, None)
        trace = replace(trace, place=shown, since=began_at, left=tuple(left.items()))
    word, _, holder = shown.partition(" ")
    lying = Lying(
        part=eye.part,
        place=Place(word),
        since=trace.since if trace.since is not None else began_at,
        holder=holder,
    )
    return _Belief(lying=lying, trace=trace, landed=landed)


def _landed(eye: _Eye, shown: str) -> tuple[int, ...]:
    """Calls that have done what they can do.

    Accepted ones have: what is believed is no older than they are. One without an
    answer has landed only if nothing else of ours can have brought the part here.
    """
    over = [i for i in eye.moves if i.outcome is Outcome.OK]
    here = eye.towards(shown)
    is_new = shown != eye.trace.place and _left_lately(eye, shown) is None
    if len(here) == 1 and is_new and here[0] not in over:
        over.append(here[0])
    return tuple(i.seq for i in over)


def _doubt(
    eye: _Eye,
    trace: Trace,
    needs: frozenset[Need] = NOTHING,
    place: Place | None = None,
) -> _Belief:
    since = eye.observation.began_at if place is None else trace.omitted_since
    lying = Lying(
        part=eye.part,
        place=place or Place.UNKNOWN,
        since=since if since is not None else eye.observation.began_at,
        needs=needs,
    )
    return _Belief(lying=lying, trace=trace)


def _omitted(eye: _Eye) -> _Belief:
    """Gone is only what two looks left out and a question by id did not find."""
    since = eye.trace.omitted_since
    began_at = eye.observation.began_at
    if since is None:
        return _doubt(eye, replace(eye.trace, omitted_since=began_at))
    if began_at < since + eye.limits.gone_gap_s:
        return _doubt(eye, eye.trace)
    ids = {eye.part.allocation_id, eye.part.route_table_id}
    if ids & eye.observation.not_found:
        return _doubt(eye, eye.trace, place=Place.GONE)
    return _doubt(eye, eye.trace, needs=frozenset({Need.CONFIRMATION}))


def _hidden_since(eye: _Eye, shown: str) -> float | None:
    """Since when the interface that has the private address is left out, if it is."""
    if not eye.part.subnet_id:
        return None
    end = _last_end(eye)
    is_left_out = end is not None and end.interface_id not in eye.observation.interfaces
    # A stranger's interface is shown only because it has the address.
    was_elsewhere = eye.trace.place.startswith(Place.ELSEWHERE.value)
    is_out_of_sight = shown in (Place.FREE.value, places.UNSEARCHED)
    if not is_left_out and not (was_elsewhere and is_out_of_sight):
        return None
    since = eye.trace.omitted_since
    return eye.observation.began_at if since is None else since


def _last_end(eye: _Eye) -> End | None:
    place = eye.trace.place or Place.SOURCE.value
    return end_of(eye.moving, Place(place)) if place in _ENDS else None


def _hidden(eye: _Eye, trace: Trace) -> _Belief:
    """Nobody shows a private address, nor its interface: gone, or only left out?

    As with any omission, it is free with a gone interface only after two looks and a
    question by id.
    """
    end, since = _last_end(eye), trace.omitted_since or 0.0
    if eye.observation.began_at < since + eye.limits.gone_gap_s:
        return _doubt(eye, trace, needs=frozenset({Need.ADDRESSES}))
    if end is None or end.interface_id in eye.observation.not_found:
        return _settle(eye, trace, Place.FREE.value)
    return _doubt(eye, trace, needs=frozenset({Need.ADDRESSES, Need.CONFIRMATION}))


# All parts together.


def _keep_state(
    memory: Memory, lying: Sequence[Lying], observation: Observation
) -> Memory:
    """Whether the world has moved, and when everything was last seen in place."""
    if any(one.place is Place.UNKNOWN for one in lying):
        return memory
    held = {one.place for one in lying}
    if len(held) == 1 and held <= {Place.TARGET, Place.SOURCE}:
        memory = replace(memory, last_attached_at=observation.ended_at)
    key = ", ".join(f"{one.part.key}: {one.place.value} {one.holder}" for one in lying)
    if memory.state_key == key:
        return memory
    return replace(memory, state_key=key, state_since=observation.began_at)


def _riders(
    job: Job, observation: Observation
) -> Mapping[AllocationId, tuple[InterfaceId | None, str]] | None:
    ids = [allocation for allocation, _ in job.snapshot]
    if not observation.scope.allocation_ids.issuperset(ids):
        return None
    found = (observation.elastic_ips[i] for i in ids if i in observation.elastic_ips)
    return {e.allocation_id: (e.interface_id, e.private_ip) for e in found}
