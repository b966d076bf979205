"""The swap of a pair: the plan to look at, and the click that starts the job."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from failover import wiring
from failover.models import Job, Pair, Role
from failover.services import pair_settings, queries, refusals, rehearsing, swaps
from failover.services.plans import PlanView
from failover.services.rehearsing import Rehearsed
from failover.web import access, forms, listing
from failover.web.presenters import pairs as pair_words
from failover.web.presenters import plans as plan_words
from failover.web.presenters import refusals as refusal_words

# Lines of the plan shown before that are believed at most.
MOST_SEEN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came with the request; `seen` are the lines of the plan shown before."""

    to: str | None = None
    form: forms.SwapForm | None = None
    seen: Sequence[str] = ()


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.OPERATOR)
def swap(request: HttpRequest, name: str) -> HttpResponse:
    """The plan with its form; posted, the job, or why not with the plan of now."""
    pair = queries.get_pair(name)
    if request.method != "POST":
        is_fresh = access.get_actor(request).is_fresh
        if pair.region.account.is_production and not is_fresh:
            # Before the form: nobody types what has to wait.
            raise refusals.ConfirmIdentity
        return _show(request, pair, Asked(to=request.GET.get("to")))
    if "dry_run" in request.POST:
        return _rehearse(request, pair)
    confirm = pair_settings.confirm_of(pair)
    form = forms.SwapForm(request.POST, pair=name, confirm=confirm)
    asked = Asked(
        to=request.POST.get("to"),
        form=form,
        seen=request.POST.getlist("seen")[:MOST_SEEN],
    )
    if not form.is_valid():
        return _show(request, pair, asked, status=422)
    try:
        job = _request(request, pair, form)
    except refusals.ApprovalRequired as refusal:
        return _go_there(request, reverse("approval", args=[refusal.approval_id]))
    except refusals.ConfirmIdentity:
        # No new plan for a page that is not shown.
        raise
    except refusals.Refusal as refusal:
        return _show(request, pair, asked, refusal=refusal)
    return _go_to(request, job)


def _rehearse(request: HttpRequest, pair: Pair) -> HttpResponse:
    """The same plan, anew, with what EC2 says to a DryRun of each call; no swap."""
    said, to = request.POST, request.POST.get("to", "")
    typed = {name: said.get(name, "") for name in ("reason", "typed_name", "force")}
    asked = Asked(
        to=to,
        form=forms.SwapForm(initial=typed),
        seen=said.getlist("seen")[:MOST_SEEN],
    )
    try:
        rehearsed = rehearsing.rehearse_swap(
            pair=pair, to=to or None, actor=access.get_actor(request)
        )
    except refusals.Refusal as refusal:
        return _show(request, pair, asked, refusal=refusal)
    return _show(request, pair, asked, rehearsed=rehearsed)


def _request(request: HttpRequest, pair: Pair, form: forms.SwapForm) -> Job:
    said = form.cleaned_data
    return swaps.request_swap(
        pair=pair,
        to=said["to"],
        expected_active=said["expected_active"],
        plan_hash=said["plan_hash"],
        reason=said["reason"],
        force=said["force"],
        break_glass=said["break_glass"],
        actor=access.get_actor(request),
        # The form carries the job's id, so that sending it twice starts one job.
        job_id=form.key,
    )


def _go_to(request: HttpRequest, job: Job) -> HttpResponse:
    return _go_there(request, reverse("job", args=[job.id]))


def _go_there(request: HttpRequest, href: str) -> HttpResponse:
    if not getattr(request, "htmx", None):
        return redirect(href)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = href
    return response


def _show(
    request: HttpRequest,
    pair: Pair,
    asked: Asked,
    *,
    refusal: refusals.Refusal | None = None,
    rehearsed: Rehearsed | None = None,
    status: int = 200,
) -> HttpResponse:
    plan: PlanView | None = rehearsed.plan if rehearsed else None
    try:
        plan = plan or swaps.get_plan(pair=pair, to=asked.to or None)
    except refusals.Refusal as error:
        refusal = refusal or error
    view, form = queries.view_pair(pair), asked.form
    shown = plan_words.swap_plan(
        view,
        plan,
        key=_key(form),
        seen=asked.seen,
        answers=rehearsed.answers if rehearsed else (),
    )
    changes = _changes(form, plan, pair_words.names_of(view)) if form else []
    context = {
        "plan": shown,
        "form": form or forms.SwapForm(pair=pair.name),
        "refusal": refusal_words.view(refusal, changes=changes) if refusal else None,
    }
    return listing.respond(
        request,
        "failover/swap.html",
        context,
        status=refusal.status if refusal else status,
    )


def _key(form: forms.SwapForm | None) -> UUID:
    """The key of the form that was refused stays: nothing was started under it."""
    if form is not None and "idempotency_key" in getattr(form, "cleaned_data", {}):
        return form.key
    return wiring.new_uuid()


def _changes(
    form: forms.SwapForm, plan: PlanView | None, names: dict[str, str]
) -> list[str]:
    """What is different from the plan that the operator saw."""
    said = getattr(form, "cleaned_data", {})
    if plan is None or plan.plan_hash == said.get("plan_hash"):
        return []
    active, expected = plan.active_instance_id or "", said.get("expected_active", "")
    if active != expected:
        was = names.get(expected) or expected or "nobody"
        now = names.get(active) or active or "nobody"
        return [f"The active instance was {was} and is {now} now."]
    return ["The marked lines below are new. Look at them before you swap."]
