"""Whether one pair may be swapped as asked, on one look (protocol P6, P12)."""

from dataclasses import dataclass
from uuid import UUID

from failover import wiring
from failover.models import Pair, Role
from failover.services import access, beginning, plans, refusals, words
from failover.services.access import Actor
from failover.services.beginning import Start
from failover.services.plans import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """What was asked of one pair, beside the pair itself.

    `expected_active`: an instance id, "" for nobody, None for whatever it is.
    """

    to: str | None = None
    expected_active: str | None = None
    plan_hash: str | None = None
    reason: str = ""
    force: bool = False


def judge(prepared: Prepared, asked: Swap, actor: Actor, job_id: UUID) -> Start:
    """What to start. Raises AlreadyThere, Changed, PreflightFailed, in this order."""
    if prepared.is_there:
        raise refusals.AlreadyThere(
            holder=str(prepared.plan.target), strategy=prepared.pair.strategy
        )
    _require_unchanged(prepared, asked)
    pair = prepared.pair
    plans.require_acceptable(prepared.plan, force=asked.force, strategy=pair.strategy)
    if prepared.interface is None and prepared.moving is None:
        checks = plans.as_views(prepared.plan.checks, pair.strategy)
        raise refusals.PreflightFailed(checks=checks)
    source, index = _source(prepared)
    return beginning.swap(
        prepared,
        job_id=job_id,
        actor=actor,
        reason=asked.reason,
        force_after_s=_force_after_s(pair, force=asked.force),
        source=source,
        from_device_index=index,
    )


def _source(prepared: Prepared) -> tuple[str, int]:
    """The end to return to. A detach from the target itself returns to the other."""
    pair, holder = prepared.pair, prepared.holder
    if prepared.moving is not None:
        source = prepared.moving.source
        return source.instance_id if source else "", pair.device_index
    if holder is None or prepared.interface is None:
        return "", pair.device_index
    if holder == prepared.plan.target:
        return plans.choose_target(pair, holder), pair.device_index
    attachment = prepared.interface.attachment
    return holder, attachment.device_index if attachment else pair.device_index


def _require_unchanged(prepared: Prepared, asked: Swap) -> None:
    holder = prepared.holder or ""
    if asked.expected_active is not None and asked.expected_active != holder:
        now = "several" if prepared.is_mixed else holder or "nobody"
        noun = words.noun(prepared.pair.strategy)
        said = f"The {noun} is now held by {now}."
        raise refusals.Changed(detail=said)
    if asked.plan_hash and asked.plan_hash != prepared.plan.plan_hash:
        said = "The plan is no longer the one you saw. Look at the new one."
        raise refusals.Changed(detail=said)


def require_permitted(pair: Pair, actor: Actor) -> None:
    """Raises Forbidden where the actor may not operate this pair, and ConfirmIdentity
    where a person must be seen again: in production.
    """
    account = pair.region.account
    access.require_in(actor, Role.OPERATOR.value, account_id=account.pk, tags=pair.tags)
    if account.is_production and not actor.is_fresh:
        raise refusals.ConfirmIdentity


def require_reason(pair: Pair, asked: Swap) -> None:
    """Raises Invalid where the pair asks for a reason and none was given."""
    if pair.policy.get("confirm") == "reason" and not asked.reason.strip():
        said = "This pair asks for a reason."
        raise refusals.Invalid(errors={"reason": [said]})


def _force_after_s(pair: Pair, *, force: bool) -> float | None:
    if not force and pair.policy.get("force") != "after":
        return None
    return float(pair.policy.get("force_after_s") or wiring.limits().force_after_s)
