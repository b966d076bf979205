"""The settings of a pair: its ends, its probe, what is asked first; and its end."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from failover.models import Pair, Role
from failover.models.pairs import Strategy
from failover.services import pairs as verbs
from failover.services import queries, refusals
from failover.web import access, listing
from failover.web.pairs.page import head
from failover.web.pairs.settings_form import SettingsForm
from failover.web.presenters import refusals as refusal_words


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.VIEWER)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """The settings for everybody to see; posted, an administrator's change."""
    if request.method == "POST":
        return _save(request, name)
    return _page(request, queries.get_pair(name))


@access.requires(Role.ADMIN)
def _save(request: HttpRequest, name: str) -> HttpResponse:
    pair = queries.get_pair(name)
    form = SettingsForm(request.POST, pair=pair)
    if not form.is_valid():
        return _page(request, pair, form=form, status=422)
    try:
        verbs.update(
            pair=pair,
            change=_change(pair, form.cleaned_data),
            actor=access.get_actor(request),
            if_match=form.cleaned_data["version"],
        )
    except refusals.Refusal as refusal:
        return _page(request, pair, form=form, refusal=refusal)
    messages.success(request, f"The settings of pair {name} are saved.")
    return redirect("pair-settings", name)


@require_POST
@access.requires(Role.ADMIN)
def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Forget the pair, once its name was typed. Nothing moves in EC2."""
    pair = queries.get_pair(name)
    if request.POST.get("typed_name") != name:
        return _page(request, pair, wrong_name=True, status=422)
    try:
        verbs.delete(pair=pair, actor=access.get_actor(request))
    except refusals.Refusal as refusal:
        return _page(request, pair, refusal=refusal)
    messages.success(request, f"Pair {name} is deleted. Nothing was moved in EC2.")
    return redirect("pairs")


def _change(pair: Pair, said: Mapping[str, Any]) -> verbs.PairChange:
    tables = said["route_table_ids"] if pair.strategy == Strategy.ROUTE else None
    return verbs.PairChange(
        primary_instance_id=said["primary_instance_id"],
        standby_instance_id=said["standby_instance_id"],
        device_index=said["device_index"],
        route_table_ids=tables,
        probe={
            "kind": said["probe_kind"],
            "port": said["probe_port"],
            "path": said["probe_path"] or "/",
            "expect": said["probe_expect"],
        },
        policy={
            "force": said["force"],
            "force_after_s": said["force_after_s"],
            "confirm": said["confirm"],
            "approval": bool(said["approval"]),
        },
    )


def _page(
    request: HttpRequest,
    pair: Pair,
    *,
    form: SettingsForm | None = None,
    refusal: refusals.Refusal | None = None,
    wrong_name: bool = False,
    status: int = 200,
) -> HttpResponse:
    pair.refresh_from_db()
    view = queries.view_pair(pair)
    context = {
        **head(request, pair, view),
        "form": form or SettingsForm(pair=pair),
        "wrong_name": wrong_name,
        "tags": pair.tags,
        "refusal": refusal_words.view(refusal) if refusal else None,
    }
    return listing.respond(
        request,
        "failover/pair_settings.html",
        context,
        status=refusal.status if refusal else status,
    )
