"""Pairs: the table, one pair, a new one, freezing, adopting, putting back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import Pair, Role
from failover.services import advising, filters, pairs, queries, refusals
from failover.services.views import InstanceView, PairView
from failover.web import access, forms, jobs, listing
from failover.web.presenters import advice as advice_words
from failover.web.presenters import pairs as pair_words
from failover.web.presenters import refusals as refusal_words

LAST_JOBS = 5


def _present(request: HttpRequest, page: Page[Pair]) -> list[Any]:
    may_operate = access.has_role(request, Role.OPERATOR)
    now = wiring.now()
    return [
        pair_words.row(view, may_operate=may_operate, now=now)
        for view in queries.view_pairs(page.object_list)
    ]


TABLE = listing.Table(
    template="failover/pairs.html",
    rows=queries.list_pairs,
    filters=filters.PairFilter,
    heads=(
        ("name", "Name"),
        ("", "Health"),
        ("", "Sync"),
        ("", "Active"),
        ("", "Passive"),
        ("", "Moves"),
        ("", "Elastic IP"),
        ("region", "Region"),
        ("", "Swap"),
    ),
    present=_present,
    empty_title="No pairs",
    empty_text="A pair is two instances and what moves between them.",
)


@require_safe
@access.requires(Role.VIEWER)
def show_list(request: HttpRequest) -> HttpResponse:
    """Every pair."""
    extra = {"empty_href": "/pairs/new/", "empty_action": "Create pair"}
    is_admin = access.has_role(request, Role.ADMIN)
    return listing.show(request, TABLE, extra if is_admin else None)


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One pair."""
    return _page(request, get(name))


@require_POST
@access.requires(Role.OPERATOR)
def freeze(request: HttpRequest, name: str) -> HttpResponse:
    """No swap until it is unfrozen."""
    pair = get(name)
    form = forms.FreezeForm(request.POST)
    if not form.is_valid():
        return _page(request, pair, form=form, status=422)
    try:
        pairs.freeze(
            pair=pair,
            actor=access.get_actor(request),
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
        )
    except refusals.Refusal as refusal:
        return _page(request, pair, refusal=refusal)
    messages.success(request, f"Pair {name} is frozen.")
    return redirect("pair", name)


@require_POST
@access.requires(Role.OPERATOR)
def unfreeze(request: HttpRequest, name: str) -> HttpResponse:
    """Lift the freeze."""
    pair = get(name)
    try:
        pairs.unfreeze(pair=pair, actor=access.get_actor(request))
    except refusals.Refusal as refusal:
        return _page(request, pair, refusal=refusal)
    messages.success(request, f"Pair {name} can be swapped again.")
    return redirect("pair", name)


@require_POST
@access.requires(Role.OPERATOR)
def adopt(request: HttpRequest, name: str) -> HttpResponse:
    """Take where the resource is as where it should be."""
    pair = get(name)
    try:
        pairs.adopt(pair=pair, actor=access.get_actor(request))
    except refusals.Refusal as refusal:
        return _page(request, pair, refusal=refusal)
    messages.success(request, f"Pair {name}: where it is now is where it should be.")
    return redirect("pair", name)


@require_POST
@access.requires(Role.OPERATOR)
def put_back(request: HttpRequest, name: str) -> HttpResponse:
    """Start the job that moves the resource to where it should be."""
    pair = get(name)
    try:
        job = pairs.put_back(pair=pair, actor=access.get_actor(request))
    except refusals.Refusal as refusal:
        return _page(request, pair, refusal=refusal)
    return redirect("job", job.id)


def get(name: str) -> Pair:
    """The pair of that name, or the page that says there is none."""
    try:
        return queries.get_pair(name)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error


def _page(
    request: HttpRequest,
    pair: Pair,
    *,
    form: forms.FreezeForm | None = None,
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    view = queries.view_pair(pair)
    last = queries.list_jobs().filter(pair_name=pair.name)[:LAST_JOBS]
    rows = jobs.present(queries.view_jobs(last))
    context = {
        "row": pair_words.row(
            view,
            may_operate=access.has_role(request, Role.OPERATOR),
            now=wiring.now(),
        ),
        "frozen": view.frozen,
        "topology": pair_words.topology(view, _ends(view)),
        "job": next((r for r in rows if view.job and r.id == str(view.job)), None),
        "jobs": rows,
        "freeze_form": form or forms.FreezeForm(),
        "poll_s": listing.poll_s(),
        "advice": _advice(pair),
        "refusal": refusal_words.view(refusal) if refusal else None,
    }
    return listing.respond(
        request,
        "failover/pair.html",
        context,
        status=refusal.status if refusal else status,
    )


def _advice(pair: Pair) -> advice_words.Advice | None:
    """None while the instances were not seen yet."""
    try:
        return advice_words.advice(advising.advise_pair(pair))
    except refusals.NotFound:
        return None


def _ends(view: PairView) -> dict[str, InstanceView]:
    rows = queries.list_instances().filter(
        instance_id__in=[view.primary_instance_id, view.standby_instance_id]
    )
    return {seen.id: seen for seen in queries.view_instances(rows)}
