"""Many pairs at once: one look for each region, one transaction for all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction

from failover import audit, wiring
from failover.engine import ports
from failover.engine.job import Action, Call
from failover.engine.preflight import Check
from failover.models import Job, Pair, Region
from failover.services import (
    approvals,
    floating,
    judging,
    plans,
    refusals,
    sights,
    starting,
)
from failover.services.access import Actor
from failover.services.beginning import Start
from failover.services.judging import Swap

# Beyond this many pairs, one DryRun of each kind of call goes first (protocol P6).
BURST = 5
# A private address has no rehearsal: EC2 knows no DryRun of its call.
PERMISSIONS: Mapping[Action, str] = {
    Action.ATTACH: "permission_attach",
    Action.ASSOCIATE: "permission_move",
    Action.REPLACE_ROUTE: "permission_move",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What became of a bulk request, each in the order asked."""

    accepted: tuple[Job, ...]
    refused: tuple[tuple[str, refusals.Refusal], ...]


def request_many(  # noqa: PLR0913 - what may be asked, each by name.
    *,
    pairs: Sequence[Pair],
    actor: Actor,
    reason: str = "",
    force: bool = False,
    shown: Mapping[str, Swap] | None = None,
    all_or_none: bool = False,
    on_created: Callable[[Batch], None] | None = None,
) -> Batch:
    """Begin a swap of each pair that allows it, in one transaction.

    One look for each region; a refused pair does not hold up the others, unless it is
    all or none. `shown` is, by name, the plan that somebody saw and meant. Raises
    NotAll, Unavailable, and what `on_created` raises: then nothing has begun.
    """
    asked = {
        p.name: replace((shown or {}).get(p.name, Swap()), reason=reason, force=force)
        for p in pairs
    }
    refused: dict[str, refusals.Refusal] = {}
    begins: dict[str, Start] = {}
    for group in by_region(_list_permitted(pairs, actor, refused)).values():
        try:
            found = _judge_group(group, asked, actor, refused)
        except refusals.Refusal as refusal:
            refused |= {p.name: refusal for p in group}
        else:
            begins |= found
    if all_or_none:
        on_created = _requiring_all(on_created)
        if refused:
            raise refusals.NotAll(refused=_in_order(pairs, {}, refused).refused)
    batch = _begin(pairs, begins, refused, actor, on_created)
    if len(begins) <= BURST:
        # More would be written while the driver begins; it mirrors what it sees.
        for begin in {b.region.pk: b for b in begins.values()}.values():
            sights.keep(region_id=begin.region.pk, seen=begin.seen)
    return batch


def _requiring_all(
    on_created: Callable[[Batch], None] | None,
) -> Callable[[Batch], None]:
    def require(batch: Batch) -> None:
        if batch.refused:
            raise refusals.NotAll(refused=batch.refused)
        if on_created is not None:
            on_created(batch)

    return require


def _begin(
    pairs: Sequence[Pair],
    begins: Mapping[str, Start],
    refused: dict[str, refusals.Refusal],
    actor: Actor,
    on_created: Callable[[Batch], None] | None,
) -> Batch:
    jobs: dict[str, Job] = {}
    # In one order, so that two such requests do not wait for each other.
    ordered = [p.name for p in sorted(pairs, key=lambda p: p.pk) if p.name in begins]
    try:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    made = starting.insert_all([begins[n] for n in ordered])
                jobs |= zip(ordered, made, strict=True)
            except (IntegrityError, refusals.Refusal):
                for name in ordered:
                    _insert_one(name, begins[name], jobs, refused)
            batch = _in_order(pairs, jobs, refused)
            if on_created is not None:
                on_created(batch)
            told = [_tell(n, refusal, actor) for n, refusal in batch.refused]
            starting.finish([(begins[n], job) for n, job in jobs.items()], also=told)
    except DatabaseError as error:
        raise refusals.Unavailable from error
    return batch


def _tell(name: str, refusal: refusals.Refusal, actor: Actor) -> audit.Entry:
    """A refused pair leaves a row of its own: the request as a whole was accepted."""
    job = refusal.fields.get("job")
    return audit.Entry(
        at=wiring.now(),
        actor=actor.name,
        token=actor.token_id,
        source_ip=actor.source_ip,
        action="swap.request",
        subject=f"pair/{name}",
        outcome="refused",
        after={"detail": refusal.detail},
        reason=refusal.code,
        job_id=UUID(job) if isinstance(job, str) else None,
    )


def _list_permitted(
    pairs: Sequence[Pair], actor: Actor, refused: dict[str, refusals.Refusal]
) -> list[Pair]:
    permitted = []
    for pair in pairs:
        try:
            judging.require_permitted(pair, actor)
        except refusals.Refusal as refusal:
            refused[pair.name] = refusal
        else:
            permitted.append(pair)
    return permitted


def by_region(pairs: Sequence[Pair]) -> Mapping[int, list[Pair]]:
    """The pairs of each region row."""
    groups: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.region_id].append(pair)
    return groups


def _judge_group(
    group: Sequence[Pair],
    asked: Mapping[str, Swap],
    actor: Actor,
    refused: dict[str, refusals.Refusal],
) -> dict[str, Start]:
    free = _list_free(group, asked, refused)
    if not free:
        return {}
    seen = sights.look_for(region=free[0].region, pairs=free)
    begins: dict[str, Start] = {}
    for pair in free:
        own = floating.cut(pair, seen)
        try:
            own_asked = asked[pair.name]
            prepared = plans.plan_on(pair=pair, to=own_asked.to, seen=own)
            begin = judging.judge(prepared, own_asked, actor, wiring.new_uuid())
            consent = approvals.require(begin, actor)
            begins[pair.name] = replace(begin, consent=consent)
        except refusals.Refusal as refusal:
            refused[pair.name] = refusal
    if len(begins) > BURST:
        _require_permissions(free[0].region, begins.values())
    return begins


def _list_free(
    group: Sequence[Pair],
    asked: Mapping[str, Swap],
    refused: dict[str, refusals.Refusal],
) -> list[Pair]:
    """Those of one region that have no active job; asked of the database alone."""
    free: list[Pair] = []
    busy = starting.active_jobs(region_id=group[0].region_id, pairs=group)
    for pair in group:
        try:
            if pair.pk in busy:
                raise refusals.JobActive(job_id=busy[pair.pk])
            judging.require_reason(pair, asked[pair.name])
        except refusals.Refusal as refusal:
            refused[pair.name] = refusal
        else:
            free.append(pair)
    return free


def _require_permissions(region: Region, begins: Iterable[Start]) -> None:
    """One DryRun of each kind of call for the whole burst. Raises PreflightFailed."""
    rehearsed: dict[Action, Call] = {}
    for begin in begins:
        for call in begin.plan.calls:
            if call.action in PERMISSIONS:
                rehearsed.setdefault(call.action, call)
    store = wiring.store()
    if store.budget(region_id=region.pk).is_permitted(wiring.now().timestamp()):
        return
    failed = [
        Check(code=PERMISSIONS[action], ok=False)
        for action, call in rehearsed.items()
        # Without a token to ask with nobody is refused: the driver asks once more.
        if store.spend(region_id=region.pk, api=action) and not _may(region, call)
    ]
    if failed:
        raise refusals.PreflightFailed(checks=plans.as_views(failed))


def _may(region: Region, call: Call) -> bool:
    try:
        is_allowed = wiring.gateway(region).may(call)
    except ports.Ec2Refused:
        # EC2 weighs permission first: any other refusal says that we are allowed.
        is_allowed = True
    except ports.Ec2Error as error:
        raise sights.translate(error) from error
    if is_allowed and call.action is Action.ATTACH:
        wiring.store().permit(region_id=region.pk)
    return is_allowed


def _insert_one(
    name: str,
    begin: Start,
    jobs: dict[str, Job],
    refused: dict[str, refusals.Refusal],
) -> None:
    try:
        with transaction.atomic():
            jobs[name] = starting.insert(begin)
    except refusals.Refusal as refusal:
        refused[name] = refusal
    except IntegrityError:
        refused[name] = starting.refusal_for(begin)


def _in_order(
    pairs: Sequence[Pair],
    jobs: Mapping[str, Job],
    refused: Mapping[str, refusals.Refusal],
) -> Batch:
    names = [p.name for p in pairs]
    return Batch(
        accepted=tuple(jobs[n] for n in names if n in jobs),
        refused=tuple((n, refused[n]) for n in names if n in refused),
    )
