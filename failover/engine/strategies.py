"""The one place that knows which strategy a job follows.

`eni` detaches and attaches (`sight`, `decide`, `stamps`); the others move in one atomic
call (`moves`). Everything else asks here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from failover.engine import decide as attachments
from failover.engine import sight, stamps
from failover.engine.job import Intent, Job, Memory, Moving, Part
from failover.engine.limits import Limits
from failover.engine.moves import decide as moves
from failover.engine.moves import stamps as move_stamps
from failover.engine.moves import whereabouts
from failover.engine.moves.places import Place, Whereabouts
from failover.engine.moves.verdicts import Case
from failover.engine.refusals import Facts
from failover.engine.sight import Seen
from failover.engine.steps import Finish, Need, Step, Wait
from failover.engine.topology import InstanceId, InterfaceId, Observation, Scope

FIELDS = tuple(field.name for field in fields(Scope))
Sight = Seen | Whereabouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Where an end leaves the resource; `instance_id` None: it lies free."""

    instance_id: InstanceId | None = None
    is_known: bool = True


UNKNOWN = Holder(is_known=False)


def look(
    *, job: Job, intents: Sequence[Intent], observation: Observation, limits: Limits
) -> tuple[Memory, Sight]:
    """The job's memory after `observation`, and what it may believe now (P1)."""
    if job.moving is None:
        return sight.look(
            job=job, intents=intents, observation=observation, limits=limits
        )
    return whereabouts.look(
        job=job,
        moving=job.moving,
        intents=intents,
        observation=observation,
        limits=limits,
    )


def stamp(*, job: Job, intents: Sequence[Intent], seen: Sight) -> Job:
    """The job with what this look tells about its times (P11)."""
    if isinstance(seen, Seen):
        return stamps.stamp(job=job, intents=intents, seen=seen)
    if job.moving is None:
        return job
    return move_stamps.stamp(job=job, moving=job.moving, intents=intents, seen=seen)


def decide(
    *,
    job: Job,
    intents: Sequence[Intent],
    seen: Sight,
    facts: Facts,
    now: float,
    limits: Limits,
) -> Step:
    """The one next step. Never raises, whatever was seen (P4)."""
    if isinstance(seen, Seen):
        return attachments.decide(
            attachments.Case(
                job=job, intents=intents, seen=seen, facts=facts, now=now, limits=limits
            )
        )
    if job.moving is None:
        return Wait(waiting_for="clear_view")
    return moves.decide(
        Case(
            job=job,
            moving=job.moving,
            intents=intents,
            seen=seen,
            facts=facts,
            now=now,
            limits=limits,
        )
    )


def find_holder(*, job: Job, seen: Sight | None, end: Finish) -> Holder:
    """Who holds the resource when the job ends, if anybody can vouch for it."""
    if seen is None or end.why == "released":
        return UNKNOWN
    if isinstance(seen, Seen):
        return _attached_to(job, seen)
    ends = job.moving and (job.moving.target, job.moving.source)
    for place, end_of_it in zip((Place.TARGET, Place.SOURCE), ends or (), strict=False):
        if end_of_it is not None and seen.are_all(place):
            return Holder(instance_id=end_of_it.instance_id)
    return Holder() if seen.are_all(Place.FREE) else UNKNOWN


def _attached_to(job: Job, seen: Seen) -> Holder:
    if seen.kind is sight.Kind.FREE:
        return Holder()
    holder = seen.attachment.instance_id if seen.attachment else None
    is_ours = holder in (job.from_instance_id, job.to_instance_id)
    return Holder(instance_id=holder) if holder and is_ours else UNKNOWN


# What to look at.


def scope(job: Job, needs: frozenset[Need]) -> Scope:
    """What one look must show of this job, and what the job needs besides."""
    wanted = [_basics(job)]
    if Need.INSTANCES in needs:
        ends = (job.from_instance_id, job.to_instance_id)
        wanted.append(Scope(instance_ids=frozenset(i for i in ends if i)))
    if Need.ADDRESSES in needs:
        wanted.append(_addresses(job))
    if Need.CONFIRMATION in needs:
        wanted.append(_confirmation(job))
    return join(wanted)


def covers(seen: Scope, job: Job) -> bool:
    """Whether a look at `seen` may serve this job: it shows where its resource is."""
    if job.moving is None:
        return job.interface_id in seen.interface_ids
    basics = _basics(job)
    return (
        basics.interface_ids <= seen.interface_ids
        and basics.allocation_ids <= seen.allocation_ids
        and basics.route_table_ids <= seen.route_table_ids
    )


def join(scopes: Iterable[Scope]) -> Scope:
    """One scope that asks for all that these ask for."""
    asked = list(scopes)
    if len(asked) == 1:
        return asked[0]
    return Scope(
        **{
            name: frozenset().union(*(getattr(s, name) for s in asked))
            for name in FIELDS
        }
    )


def _basics(job: Job) -> Scope:
    if job.moving is None:
        return Scope(interface_ids=frozenset({job.interface_id}))
    parts = job.moving.parts
    return Scope(
        interface_ids=_interfaces(job.moving),
        allocation_ids=frozenset(p.allocation_id for p in parts if p.allocation_id),
        route_table_ids=frozenset(p.route_table_id for p in parts if p.route_table_id),
        private_ips=_searched(job, parts),
    )


def _searched(job: Job, parts: Sequence[Part]) -> frozenset[tuple[str, str]]:
    """Private addresses that the last look did not show at an end: who has them?

    Every look asks while it is so: one that does not can say nothing of them.
    """
    places = {trace.key: trace.place for trace in job.memory.traces}
    at_ends = {Place.TARGET.value, Place.SOURCE.value}
    return frozenset(
        (p.subnet_id, p.private_ip)
        for p in parts
        if p.subnet_id and places.get(p.key, Place.SOURCE.value) not in at_ends
    )


def _interfaces(moving: Moving) -> frozenset[InterfaceId]:
    ends = (moving.source, moving.target)
    return frozenset(end.interface_id for end in ends if end)


def _addresses(job: Job) -> Scope:
    """The Elastic IPs that must come along, and who else carries a moving address."""
    parts = job.moving.parts if job.moving else ()
    return Scope(
        allocation_ids=frozenset(allocation for allocation, _ in job.snapshot),
        private_ips=frozenset(
            (p.subnet_id, p.private_ip) for p in parts if p.subnet_id
        ),
    )


def _confirmation(job: Job) -> Scope:
    if job.moving is None:
        return Scope(confirm_ids=frozenset({job.interface_id}))
    parts = job.moving.parts
    # A private address is gone with the interface that had it.
    has_addresses = any(p.subnet_id for p in parts)
    return Scope(
        confirm_ids=_interfaces(job.moving) if has_addresses else frozenset(),
        confirm_allocation_ids=frozenset(
            p.allocation_id for p in parts if p.allocation_id
        ),
        confirm_route_table_ids=frozenset(
            p.route_table_id for p in parts if p.route_table_id
        ),
    )
