"""Requests for a second person, in words and colours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from failover.models import Approval, Role
from failover.services import approvals, command_line
from failover.services.access import Actor
from failover.web.presenters import inventory, timing
from failover.web.presenters.badges import Badge, Tone, make
from failover.web.presenters.inventory import Holder
from failover.web.presenters.plans import CallLine

WORDS: Mapping[str, tuple[str, Tone]] = {
    "pending": ("Waits for an approver", "busy"),
    "approved": ("Approved", "success"),
    "denied": ("Denied", "error"),
    "void": ("Void: something has changed", "warning"),
    "used": ("Used", "success"),
    "expired": ("Expired", "warning"),
}
BROKEN: tuple[str, Tone] = ("Without approval", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """One line of the list."""

    href: str
    pair: str
    pair_href: str
    state: Badge
    requested_by: str
    requested: timing.Moment | None
    expires: timing.Moment | None
    reason: str
    decided_by: str
    job_href: str
    short_job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDetail:
    """One request with its plan, and what this reader may do."""

    row: ApprovalRow
    is_open: bool
    is_approved: bool
    source: Holder | None
    target: Holder | None
    calls: tuple[CallLine, ...]
    failed: tuple[str, ...]
    comment: str
    is_forced: bool
    may_decide: bool
    may_acknowledge: bool
    why_not: str
    # The hidden fields of the requester's swap, where it may begin.
    swap_href: str
    may_break_glass: bool
    to: str
    expected_active: str
    plan_hash: str
    key: UUID


def row(approval: Approval, *, now: datetime) -> ApprovalRow:
    state = approvals.state_of(approval)
    label, tone = BROKEN if approval.is_break_glass else WORDS[state]
    job = approval.job_id
    return ApprovalRow(
        href=reverse("approval", args=[approval.id]),
        pair=approval.pair_name,
        pair_href=reverse("pair", args=[approval.pair_name]) if approval.pair else "",
        state=make(label, tone),
        requested_by=approval.requested_by,
        requested=timing.moment(approval.requested_at, now),
        expires=timing.moment(approval.expires_at, now),
        reason=approval.reason,
        decided_by=approval.decided_by or approval.acknowledged_by,
        job_href=reverse("job", args=[job]) if job else "",
        short_job=str(job)[:8] if job else "",
    )


def detail(
    approval: Approval,
    *,
    actor: Actor,
    names: Mapping[str, str],
    now: datetime,
    key: UUID,
) -> ApprovalDetail:
    state = approvals.state_of(approval)
    is_own = actor.name == approval.requested_by
    tags = approval.pair.tags if approval.pair else {}
    account_id = approval.region.account_id
    is_approver = actor.may_in(Role.APPROVER.value, account_id=account_id, tags=tags)
    is_there = approval.pair is not None
    may_swap = is_own and state in ("pending", "approved") and is_there
    is_admin = actor.may_in(Role.ADMIN.value, account_id=account_id, tags=tags)
    open_glass = approval.is_break_glass and not approval.acknowledged_at
    plan: dict[str, Any] = approval.plan
    return ApprovalDetail(
        row=row(approval, now=now),
        is_open=state in ("pending", "approved"),
        is_approved=state == "approved",
        source=inventory.holder(approval.from_instance_id, names),
        target=inventory.holder(approval.to_instance_id, names),
        calls=tuple(
            _call(call, region=approval.region.name) for call in plan.get("calls", ())
        ),
        failed=tuple(c["detail"] for c in plan.get("checks", ()) if not c["ok"]),
        comment=approval.comment,
        is_forced=approval.is_forced,
        may_decide=is_approver and not is_own and state == "pending",
        may_acknowledge=is_approver and not is_own and open_glass,
        why_not=_why_not(state, is_own=is_own, is_approver=is_approver),
        swap_href=(reverse("pair-swap", args=[approval.pair_name]) if may_swap else ""),
        may_break_glass=may_swap and is_admin and state == "pending",
        to=approval.to_instance_id,
        expected_active=approval.from_instance_id,
        plan_hash=approval.plan_hash,
        key=key,
    )


def _why_not(state: str, *, is_own: bool, is_approver: bool) -> str:
    if state != "pending":
        return ""
    if is_own:
        return "Nobody approves their own swap. Somebody with the role approver can."
    return "" if is_approver else "Approving needs the role approver."


def _call(call: Mapping[str, Any], *, region: str) -> CallLine:
    action, args = call["action"], call["args"]
    return CallLine(
        action=action,
        text=", ".join(f"{name} {value}" for name, value in args.items()),
        cli=command_line.render_call(action, args, region=region),
    )
