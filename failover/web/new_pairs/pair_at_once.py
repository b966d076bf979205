"""A new pair on one page, for who knows its ids; and the advice on strategies."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from failover.models import Role
from failover.services import (
    advising,
    pairs,
    queries,
    refusals,
    strategies,
    strategy_words,
)
from failover.web import access
from failover.web.new_pairs import pair_forms
from failover.web.presenters import advice as advice_words
from failover.web.presenters import refusals as refusal_words

# Known ids that the fields offer.
MOST_OFFERED = 500


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.ADMIN)
def create(request: HttpRequest) -> HttpResponse:
    """A form for a new pair; EC2 is looked at before it is saved."""
    regions = list_regions()
    if request.method != "POST":
        given = {name: request.GET[name] for name in request.GET}
        return _form(request, pair_forms.PairForm(regions=regions, initial=given))
    form = pair_forms.PairForm(request.POST, regions=regions)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        pair = pairs.create(
            new=_new_pair(form.cleaned_data),
            region=queries.get_region(form.cleaned_data["region"]),
            actor=access.get_actor(request),
        )
    except refusals.Refusal as refusal:
        return _form(request, form, refusal=refusal)
    messages.success(request, f"Pair {pair.name} is created.")
    return redirect(f"{reverse('pair-guest', args=[pair.name])}?created")


@require_safe
@access.requires(Role.ADMIN)
def show_advice(request: HttpRequest) -> HttpResponse:
    """The advice on the two instances of the query, as a part of the form's page."""
    context = {"advice": get_advice(request.GET), "asks": True}
    return render(request, "failover/parts/advice.html", context)


def list_regions() -> list[tuple[str, str]]:
    """The regions in which the asker may make pairs, as a form offers them."""
    regions = queries.list_permitted_regions()
    return [(str(r.pk), f"{r.name} ({r.account.name})") for r in regions]


def _new_pair(said: Mapping[str, object]) -> pairs.NewPair:
    names = (
        "name",
        "strategy",
        "primary_instance_id",
        "standby_instance_id",
        "device_index",
        *strategies.ALL_MOVED,
    )
    fields = {name: said[name] for name in names}
    policy = pairs.Policy(confirm=str(said["confirm"]))
    return pairs.NewPair(**fields, policy=policy)  # type: ignore[arg-type]


def get_advice(given: Mapping[str, object] | QueryDict) -> advice_words.Advice | None:
    """None while the two are not both named, or one was never seen."""
    primary = str(given.get("primary_instance_id") or "")
    standby = str(given.get("standby_instance_id") or "")
    if not primary or not standby or primary == standby:
        return None
    try:
        region = queries.get_region(str(given.get("region") or ""))
        seen = advising.advise(region_id=region.pk, primary=primary, standby=standby)
    except refusals.NotFound:
        return None
    return advice_words.advice(seen)


def _form(
    request: HttpRequest,
    form: pair_forms.PairForm,
    *,
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    given = {name: form[name].value() for name in form.fields}
    context = {
        "form": form,
        "strategies": [
            (code, said, code == form.chosen)
            for code, said in strategy_words.STRATEGIES.items()
        ],
        "advice": get_advice(given),
        "asks": True,
        "interfaces": queries.list_interfaces()
        .exclude(device_index=0)
        .order_by("interface_id")
        .values_list("interface_id", "description")[:MOST_OFFERED],
        "instances": queries.list_instances()
        .order_by("name", "instance_id")
        .values_list("instance_id", "name")[:MOST_OFFERED],
        "elastic_ips": queries.list_elastic_ips()
        .order_by("public_ip")
        .values_list("allocation_id", "public_ip")[:MOST_OFFERED],
        "route_tables": queries.list_route_tables()
        .order_by("route_table_id")
        .values_list("route_table_id", "name")[:MOST_OFFERED],
        "refusal": refusal_words.view(refusal) if refusal else None,
    }
    return render(
        request,
        "failover/pair_new.html",
        context,
        status=refusal.status if refusal else status,
    )
