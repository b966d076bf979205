"""Swapping pairs: the request that becomes a job. Nothing else starts a swap."""

from dataclasses import replace
from uuid import UUID

from failover import wiring
from failover.models import Job, Pair
from failover.services import approvals, judging, plans, sights, starting
from failover.services.access import Actor
from failover.services.bulk import Batch, request_many
from failover.services.cancelling import cancel
from failover.services.guarding import guard_repair
from failover.services.judging import Swap
from failover.services.plans import PlanView, Prepared
from failover.services.starting import OnCreated

__all__ = [
    "Batch",
    "PlanView",
    "cancel",
    "get_plan",
    "guard_repair",
    "look",
    "request_many",
    "request_swap",
]


def get_plan(*, pair: Pair, to: str | None = None) -> PlanView:
    """The plan on one fresh look. Raises Invalid, Ec2Unreachable."""
    return look(pair=pair, to=to)[1]


def look(*, pair: Pair, to: str | None = None) -> tuple[Prepared, PlanView]:
    """The same, with what it rests on."""
    job = starting.active_job(
        region_id=pair.region_id,
        interface_id=pair.network_interface_id,
        pair_id=pair.pk,
    )
    prepared = plans.prepare(pair=pair, to=to)
    sights.keep(region_id=pair.region_id, seen=prepared.seen)
    return prepared, plans.view(prepared, job_id=job.id if job else None)


def request_swap(  # noqa: PLR0913 - what a swap may be asked with, each by name
    *,
    pair: Pair,
    actor: Actor,
    to: str | None = None,
    expected_active: str | None = None,
    plan_hash: str | None = None,
    reason: str = "",
    force: bool = False,
    break_glass: bool = False,
    job_id: UUID | None = None,
    on_created: OnCreated | None = None,
) -> Job:
    """Begin a swap. A given `job_id` makes a repeat of the request harmless.

    Raises, in this order: Forbidden, ConfirmIdentity, JobActive, Invalid,
    AlreadyThere, Changed, PreflightFailed, ApprovalRequired; Ec2Unreachable; and
    JobActive again when a constraint says so. `break_glass` swaps without the second
    person that the pair asks for.
    """
    asked = Swap(
        to=to,
        expected_active=expected_active,
        plan_hash=plan_hash,
        reason=reason,
        force=force,
    )
    mine = find_own(job_id, actor=actor, pair=pair)
    if mine is not None:
        return mine
    pair.refresh_from_db()
    judging.require_permitted(pair, actor)
    starting.require_no_job(
        region_id=pair.region_id,
        interface_id=pair.network_interface_id,
        pair_id=pair.pk,
    )
    judging.require_reason(pair, asked)
    prepared = plans.prepare(pair=pair, to=to)
    begin = judging.judge(prepared, asked, actor, job_id or wiring.new_uuid())
    consent = approvals.require(begin, actor, break_glass=break_glass)
    begin = replace(begin, consent=consent)
    return starting.start(begin, on_created=on_created)


def find_own(job_id: UUID | None, *, actor: Actor, pair: Pair) -> Job | None:
    """The job that this very request has made before."""
    if job_id is None:
        return None
    return Job.objects.filter(
        id=job_id, pair_id=pair.pk, requested_by=actor.name
    ).first()
