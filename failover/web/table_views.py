"""The saved views of a table: kept, renamed, shared, deleted."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from failover import wiring
from failover.models import Role, SavedView, User
from failover.services import refusals, saved_views, table_settings
from failover.web import access, named_table
from failover.web.presenters import refusals as refusal_words
from failover.web.tables.table import Table


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.VIEWER)
def views(request: HttpRequest, table: str) -> HttpResponse:
    """The views that there are; posted, one more."""
    one = named_table.find(table)
    if request.method != "POST":
        return _show_views(request, one)
    query = _query(request)
    try:
        saved = saved_views.save(
            owner=access.get_user(request),
            actor=access.get_actor(request),
            table=one.id,
            name=request.POST.get("name", ""),
            query=query.urlencode(),
            columns=_columns(one, query, access.get_user(request)),
            is_shared="is_shared" in request.POST,
            now=wiring.now(),
        )
    except refusals.Refusal as refusal:
        return _show_views(request, one, refusal)
    messages.success(request, f"The view “{saved.name}” is saved.")
    return redirect(f"{reverse(one.path)}?view={saved.slug}")


@require_POST
@access.requires(Role.VIEWER)
def view(request: HttpRequest, table: str, slug: str) -> HttpResponse:
    """Rename, share or not, overwrite or delete one of them."""
    one, actor, now = named_table.find(table), access.get_actor(request), wiring.now()
    saved = saved_views.get(user_id=actor.user_id, table=one.id, slug=slug)
    said = request.POST
    try:
        match said.get("do"):
            case "delete":
                saved_views.delete(view=saved, actor=actor, now=now)
                messages.success(request, f"The view “{saved.name}” is deleted.")
            case "overwrite":
                query = _query(request)
                columns = _columns(one, query, access.get_user(request))
                saved_views.change(
                    view=saved,
                    actor=actor,
                    now=now,
                    query=query.urlencode(),
                    columns=columns,
                )
                messages.success(request, f"The view “{saved.name}” is overwritten.")
                return redirect(f"{reverse(one.path)}?view={saved.slug}")
            case _:
                saved_views.change(
                    view=saved,
                    actor=actor,
                    now=now,
                    name=said.get("name"),
                    is_shared="is_shared" in said,
                )
                messages.success(request, f"The view “{saved.name}” is changed.")
    except refusals.Refusal as refusal:
        return _show_views(request, one, refusal)
    return redirect("table-views", one.id)


def _show_views(
    request: HttpRequest, table: Table, refusal: refusals.Refusal | None = None
) -> HttpResponse:
    actor = access.get_actor(request)
    found: list[SavedView] = list(
        saved_views.list_views(user_id=actor.user_id, table=table.id)
    )
    context: Mapping[str, Any] = {
        "table": table,
        "views": [
            {"view": v, "may_change": saved_views.may_change(v, actor)} for v in found
        ],
        "may_share": access.has_role(request, Role.OPERATOR),
        "refusal": refusal_words.view(refusal) if refusal else None,
        "path": reverse(table.path),
    }
    status = refusal.status if refusal else 200
    return render(request, "failover/table_views.html", context, status=status)


def _query(request: HttpRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", "")[:8000].lstrip("?"), mutable=True)


def _columns(table: Table, query: QueryDict, user: User) -> tuple[str, ...]:
    """The columns of the address, else those that the user has chosen."""
    in_address = [name for name in query.get("cols", "").split(",") if name]
    kept = table_settings.get(user=user, table=table.id).columns
    return table_settings.choose(list(table.by_id), in_address or kept)
