"""Many pairs swapped at once: all plans and verdicts on one page, then one click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from failover import wiring
from failover.models import Pair, Role
from failover.services import (
    bulk,
    bulk_plans,
    pair_settings,
    plans,
    queries,
    refusals,
)
from failover.services.bulk_plans import Planned
from failover.services.judging import Swap
from failover.web import access
from failover.web.presenters import plans as plan_words
from failover.web.presenters import refusals as refusal_words
from failover.web.presenters.plans import SwapPlan

MOST_PAIRS = 100
CONSENT = (
    "This pair wants a second person’s consent. Confirming asks for it and does not"
    " start this swap; with all or none it starts none of them. Confirm again once it"
    " is given."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One pair on the page: its plan, or why it has none."""

    pair: str
    href: str
    plan: SwapPlan
    verdict: str
    is_good: bool
    # Whether a second person has to consent first, and has not.
    is_waiting: bool
    needs_name: bool
    error: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.OPERATOR)
def swap(request: HttpRequest) -> HttpResponse:
    """Show what would be done; with `confirmed`, do it."""
    said = request.POST if request.method == "POST" else request.GET
    pairs, left_out = _pairs(said)
    if not pairs:
        messages.warning(request, "None of the selected rows belongs to a pair.")
        return redirect("interfaces" if said.get("table") == "interfaces" else "pairs")
    is_fresh = access.get_actor(request).is_fresh
    if not is_fresh and any(p.region.account.is_production for p in pairs):
        raise refusals.ConfirmIdentity
    if request.method != "POST" or "confirmed" not in request.POST:
        return _show(request, pairs, left_out=left_out)
    if errors := _unnamed(request, pairs):
        return _show(request, pairs, errors=errors, status=422)
    return _begin(request, pairs)


def _begin(request: HttpRequest, pairs: Sequence[Pair]) -> HttpResponse:
    try:
        batch = bulk.request_many(
            pairs=pairs,
            actor=access.get_actor(request),
            reason=request.POST.get("reason", "")[:500],
            force="force" in request.POST,
            shown={p.name: _shown(request, p.name) for p in pairs},
            all_or_none="all_or_none" in request.POST,
        )
    except refusals.Refusal as refusal:
        return _show(request, pairs, refusal=refusal, status=refusal.status)
    for name, why in batch.refused:
        messages.error(request, f"{name}: {why.title}. {why.detail}")
    count = len(batch.accepted)
    if not count:
        return _show(request, pairs, status=422)
    messages.success(request, f"{count} swap{'s' if count > 1 else ''} started.")
    if count == 1:
        return redirect("job", batch.accepted[0].id)
    names = [("f", f"pair={job.pair_name}") for job in batch.accepted]
    return redirect(f"{reverse('jobs')}?{urlencode([('active', 'true'), *names])}")


def _pairs(said: Any) -> tuple[list[Pair], int]:
    """The pairs that are named, or that move named interfaces; and how many others."""
    keys = list(dict.fromkeys([*said.getlist("only"), *said.getlist("pair")]))
    keys = keys[:MOST_PAIRS]
    if said.get("table") != "interfaces":
        found = queries.get_pairs(keys)
        return [found[key] for key in keys if key in found], len(keys) - len(found)
    views = queries.view_interfaces(
        queries.list_interfaces().filter(interface_id__in=keys)
    )
    names = sorted({view.pair for view in views if view.pair})
    found = queries.get_pairs(names)
    return [found[name] for name in names if name in found], len(keys) - len(names)


def _shown(request: HttpRequest, name: str) -> Swap:
    """The plan of the pair that the operator saw."""
    expected = request.POST.get(f"expected-{name}")
    return Swap(
        to=request.POST.get(f"to-{name}") or None,
        expected_active=expected,
        plan_hash=request.POST.get(f"plan-{name}") or None,
    )


def _unnamed(request: HttpRequest, pairs: Sequence[Pair]) -> Mapping[str, str]:
    """The pairs that ask for their name or a reason, where it is missing."""
    errors = {}
    has_reason = bool(request.POST.get("reason", "").strip())
    for pair in pairs:
        confirm = pair_settings.confirm_of(pair)
        typed = request.POST.get(f"name-{pair.name}", "")
        if confirm == "name" and typed != pair.name:
            errors[pair.name] = f"Type {pair.name} to confirm."
        elif confirm in ("reason", "name") and not has_reason:
            errors[pair.name] = "Say why below: this pair asks for a reason."
    return errors


def _show(
    request: HttpRequest,
    pairs: Sequence[Pair],
    *,
    left_out: int = 0,
    errors: Mapping[str, str] | None = None,
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    planned = bulk_plans.plan_many(pairs=pairs)
    views = {view.name: view for view in queries.view_pairs(pairs)}
    refused = dict(refusal.refused) if isinstance(refusal, refusals.NotAll) else {}
    waiting = bulk_plans.list_waiting(pairs=pairs, actor=access.get_actor(request))
    choices = []
    for pair in pairs:
        said = planned[pair.name]
        plan = plan_words.swap_plan(views[pair.name], said.plan, key=wiring.new_uuid())
        error = (errors or {}).get(pair.name, "")
        if pair.name in refused:
            error = f"{refused[pair.name].title}. {refused[pair.name].detail}"
        choices.append(
            Choice(
                pair=pair.name,
                href=reverse("pair", args=[pair.name]),
                plan=plan,
                verdict=_verdict(said, is_waiting=pair.name in waiting),
                is_good=_is_good(said) and pair.name not in waiting,
                is_waiting=_is_good(said) and pair.name in waiting,
                needs_name=plan.confirm == "name",
                error=error,
            )
        )
    context = {
        "choices": choices,
        "good": sum(1 for c in choices if c.is_good),
        "left_out": left_out,
        "needs_reason": any(c.plan.confirm != "none" for c in choices),
        "reason": request.POST.get("reason", ""),
        "all_or_none": "confirmed" not in request.POST or "all_or_none" in request.POST,
        "force": "force" in request.POST,
        "refusal": refusal_words.view(refusal) if refusal else None,
    }
    return render(request, "failover/swaps.html", context, status=status)


def _is_good(said: Planned) -> bool:
    return said.refusal is None and bool(
        said.plan and plans.is_acceptable(said.plan.checks, force=False)
    )


def _verdict(said: Planned, *, is_waiting: bool) -> str:
    if said.refusal is not None:
        return f"{said.refusal.title}. {said.refusal.detail}"
    failed = [c.detail for c in said.plan.checks if not c.ok] if said.plan else []
    if is_waiting:
        failed.append(CONSENT)
    return " ".join(failed) or "All checks passed."
