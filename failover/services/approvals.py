"""Swaps that need a second person: asked for, weighed, used once.

A consent is bound to the plan that was shown: another plan needs another one. The
guard, and whatever the product decides by itself, asks nobody: it only restores.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from failover import audit, wiring
from failover.models import Approval, Job, Pair, Role, User
from failover.models.approvals import Verdict
from failover.services import access, plans, refusals, scoping, sights, telling
from failover.services.access import Actor
from failover.services.beginning import Consent, Start
from failover.services.people import tokens

log = structlog.get_logger(__name__)

LASTS = timedelta(minutes=15)
APPROVER = Role.APPROVER.value
OPEN = (Verdict.PENDING, Verdict.APPROVED)
# What the product starts by itself.
BY_ITSELF = frozenset({"auto", "guard"})


def list_approvals() -> QuerySet[Approval]:
    """All requests, newest first."""
    rows = Approval.objects.select_related("region__account", "pair__region__account")
    return scoping.visible(rows).order_by("-requested_at", "-id")


def get(approval_id: UUID | str) -> Approval:
    """By its UUID; anything else is not found. Raises NotFound."""
    try:
        known = approval_id if isinstance(approval_id, UUID) else UUID(approval_id)
    except ValueError:
        raise refusals.NotFound(what="approval", id=str(approval_id)) from None
    rows = list_approvals().filter(id=known)
    return scoping.one(rows, what="approval", id=str(approval_id))


def list_pending() -> QuerySet[Approval]:
    """Requests that wait for an approver now."""
    now = wiring.now()
    return list_approvals().filter(state=Verdict.PENDING, expires_at__gt=now)


def list_broken_glass() -> QuerySet[Approval]:
    """Swaps without consent that nobody else has acknowledged."""
    rows = list_approvals().filter(is_break_glass=True, acknowledged_at=None)
    # Every page asks: no more than it tells.
    return rows.select_related(None).only("pair_name", "requested_by", "reason")


def state_of(row: Approval) -> str:
    """The state as of now: an open request ends by the clock."""
    if row.state in OPEN and row.expires_at <= wiring.now():
        return "expired"
    return str(row.state)


def require(begin: Start, actor: Actor, *, break_glass: bool = False) -> Consent | None:
    """The consent that this start rests on; None where the pair asks for none.

    Where there is none, one is asked for. Raises ApprovalRequired with the request,
    Changed where the approved plan is no longer the plan, Forbidden, Invalid.
    """
    pair = begin.pair
    if pair is None or not pair.policy.get("approval") or actor.trigger in BY_ITSELF:
        return None
    if break_glass:
        return _break_glass(begin, pair, actor)
    mine = _find_approved(begin, pair, actor)
    if mine is None:
        raise refusals.ApprovalRequired(approval_id=_ask(begin, pair, actor).id)
    if mine.plan_hash != begin.plan.plan_hash:
        _void(mine)
        asked = _ask(begin, pair, actor)
        raise refusals.ApprovalOutdated(approval_id=asked.id)
    _require_approver_still(mine, pair)
    return Consent(spend=lambda job: _spend(mine, job), tell=lambda _: [])


def approve(*, approval: Approval, actor: Actor, comment: str = "") -> Approval:
    """Let the requester swap by this plan, once.

    Raises Forbidden, ConfirmIdentity, ApprovalClosed, Changed, Ec2Unreachable.
    """
    pair = _require_decidable(approval, actor)
    prepared = plans.prepare(pair=pair, to=approval.to_instance_id)
    sights.keep(region_id=pair.region_id, seen=prepared.seen)
    if prepared.plan.plan_hash != approval.plan_hash:
        _void(approval)
        said = "The plan is no longer the one that was asked for: ask anew."
        raise refusals.Changed(detail=said)
    return _decide(approval, Verdict.APPROVED, actor, comment)


def deny(*, approval: Approval, actor: Actor, comment: str = "") -> Approval:
    """Say no. Raises Forbidden, ConfirmIdentity, ApprovalClosed."""
    _require_decidable(approval, actor)
    return _decide(approval, Verdict.DENIED, actor, comment)


def acknowledge(*, approval: Approval, actor: Actor, comment: str = "") -> Approval:
    """Take note of a swap that went without consent; not by who has done it.

    Raises Forbidden.
    """
    _require_person(actor)
    _require_role(approval, actor)
    if _has_a_hand_in(approval, actor):
        raise refusals.Forbidden(detail="Somebody else has to take note of it.")
    with transaction.atomic():
        open_ = Approval.objects.filter(
            pk=approval.pk, is_break_glass=True, acknowledged_at=None
        )
        if open_.update(acknowledged_by=actor.name, acknowledged_at=wiring.now()):
            subject = f"pair/{approval.pair_name}"
            telling.record(
                actor,
                "break_glass.acknowledge",
                subject,
                reason=comment,
                job_id=approval.job_id,
            )
    approval.refresh_from_db()
    return approval


def _find_approved(begin: Start, pair: Pair, actor: Actor) -> Approval | None:
    """The consent that the actor holds; of this plan if there is one."""
    mine = Approval.objects.filter(
        pair=pair,
        requested_by=actor.name,
        state=Verdict.APPROVED,
        to_instance_id=begin.to_instance_id,
        is_forced=begin.force_after_s is not None,
        expires_at__gt=wiring.now(),
    ).order_by("-requested_at")
    same = mine.filter(plan_hash=begin.plan.plan_hash)
    return same.first() or mine.first()


def _ask(begin: Start, pair: Pair, actor: Actor) -> Approval:
    """The request for this plan: the one that is open, or a new one."""
    now = wiring.now()
    with transaction.atomic():
        # One request at a time, whoever asks twice at once.
        Pair.objects.select_for_update(no_key=True).filter(pk=pair.pk).first()
        known = Approval.objects.filter(
            pair=pair,
            requested_by=actor.name,
            state=Verdict.PENDING,
            plan_hash=begin.plan.plan_hash,
            to_instance_id=begin.to_instance_id,
            is_forced=begin.force_after_s is not None,
            expires_at__gt=now,
        ).first()
        if known is not None:
            return known
        row = _row(begin, pair, actor, state=Verdict.PENDING)
        row.save(force_insert=True)
        telling.record(
            actor,
            "approval.request",
            f"pair/{pair.name}",
            outcome="pending",
            after={"approval": str(row.id), "to": row.to_instance_id},
            reason=begin.reason,
            plan_hash=row.plan_hash,
        )
    return row


def _row(begin: Start, pair: Pair, actor: Actor, *, state: str) -> Approval:
    now = wiring.now()
    return Approval(
        id=wiring.new_uuid(),
        region=begin.region,
        pair=pair,
        pair_name=pair.name,
        state=state,
        from_instance_id=begin.from_instance_id,
        to_instance_id=begin.to_instance_id,
        plan_hash=begin.plan.plan_hash,
        plan={
            "calls": [
                {"action": call.action, "args": call.args}
                for call in plans.as_planned(begin.plan.calls, region=begin.region.name)
            ],
            "checks": [
                c.as_fields() for c in plans.as_views(begin.plan.checks, pair.strategy)
            ],
        },
        reason=begin.reason,
        is_forced=begin.force_after_s is not None,
        requested_by=actor.name,
        requested_by_token=actor.token_id,
        requested_at=now,
        expires_at=now + LASTS,
    )


def _spend(row: Approval, job: Job) -> None:
    """Use it up, in the transaction that begins the job. Raises ApprovalClosed."""
    used = Approval.objects.filter(
        pk=row.pk, state=Verdict.APPROVED, expires_at__gt=wiring.now()
    ).update(state=Verdict.USED, job_id=job.id)
    if not used:
        row.refresh_from_db()
        raise refusals.ApprovalClosed(approval_id=row.id, state=state_of(row))


def _void(row: Approval) -> None:
    Approval.objects.filter(pk=row.pk, state__in=OPEN).update(state=Verdict.VOID)


def _require_approver_still(row: Approval, pair: Pair) -> None:
    """Who has consented must still be one who may. Raises Forbidden."""
    user = User.objects.filter(username=row.decided_by, is_active=True).first()
    if user is not None:
        actor = access.actor_for(user)
        account_id = pair.region.account_id
        if actor.may_in(APPROVER, account_id=account_id, tags=pair.tags):
            return
    _void(row)
    said = f"{row.decided_by}, who approved it, may not approve any more. Ask anew."
    raise refusals.Forbidden(detail=said)


def _require_decidable(row: Approval, actor: Actor) -> Pair:
    """The pair, where the actor may decide on it now."""
    _require_person(actor)
    _require_role(row, actor)
    if _has_a_hand_in(row, actor):
        said = "Nobody approves their own swap: it takes another person."
        raise refusals.Forbidden(detail=said)
    if row.region.account.is_production and not actor.is_fresh:
        raise refusals.ConfirmIdentity
    state = state_of(row)
    if row.pair is None or state != Verdict.PENDING:
        raise refusals.ApprovalClosed(approval_id=row.id, state=state)
    return row.pair


def _has_a_hand_in(row: Approval, actor: Actor) -> bool:
    """Whether the actor asked for it, or made the token that did, for whomever."""
    maker = tokens.find_maker(row.requested_by_token)
    return actor.name in (row.requested_by, maker)


def _require_person(actor: Actor) -> None:
    if not actor.is_person or actor.user_id is None:
        raise refusals.Forbidden(detail="A token cannot approve: it takes a person.")


def _require_role(row: Approval, actor: Actor) -> None:
    tags = row.pair.tags if row.pair else {}
    access.require_in(actor, APPROVER, account_id=row.region.account_id, tags=tags)


def _decide(row: Approval, verdict: Verdict, actor: Actor, comment: str) -> Approval:
    now = wiring.now()
    with transaction.atomic():
        decided = Approval.objects.filter(
            pk=row.pk, state=Verdict.PENDING, expires_at__gt=now
        ).update(state=verdict, decided_by=actor.name, decided_at=now, comment=comment)
        row.refresh_from_db()
        if not decided:
            raise refusals.ApprovalClosed(approval_id=row.id, state=state_of(row))
        telling.record(
            actor,
            "approval.decide",
            f"pair/{row.pair_name}",
            outcome=str(verdict.value),
            after={"approval": str(row.id), "requested_by": row.requested_by},
            reason=comment,
            plan_hash=row.plan_hash,
        )
    return row


def _break_glass(begin: Start, pair: Pair, actor: Actor) -> Consent:
    """An administrator goes without consent; everybody is told."""
    admin, account_id = Role.ADMIN.value, pair.region.account_id
    if not actor.is_person:
        said = "Only a person may break the glass, not a token."
        raise refusals.Forbidden(detail=said)
    access.require_in(actor, admin, account_id=account_id, tags=pair.tags)
    if not begin.reason.strip():
        said = "Say why nobody can be waited for."
        raise refusals.Invalid(errors={"reason": [said]})

    def spend(job: Job) -> None:
        row = _row(begin, pair, actor, state=Verdict.USED)
        row.is_break_glass, row.job_id = True, job.id
        row.save(force_insert=True)
        log.warning(
            "swap.break_glass", pair=pair.name, by=actor.name, job_id=str(job.id)
        )

    def tell(job: Job) -> list[audit.Entry]:
        return [
            audit.Entry(
                at=job.requested_at,
                actor=actor.name,
                token=actor.token_id,
                source_ip=actor.source_ip,
                action="break_glass",
                subject=f"pair/{pair.name}",
                outcome="accepted",
                reason=begin.reason,
                job_id=job.id,
                plan_hash=begin.plan.plan_hash,
            )
        ]

    return Consent(spend=spend, tell=tell)
