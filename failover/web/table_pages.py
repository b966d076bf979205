"""The pages beside a table: the user's columns and sizes, and the saved views."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from failover import wiring
from failover.models import Role, SavedView, User
from failover.services import refusals, saved_views, table_settings
from failover.services.table_settings import DENSITIES, PAGE_SIZES, Settings
from failover.web import access, asking, exporting, going, listing
from failover.web.presenters import refusals as refusal_words
from failover.web.tables.registry import TABLES
from failover.web.tables.table import Table


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.VIEWER)
def settings(request: HttpRequest, table: str) -> HttpResponse:
    """Which columns, in which order, how many rows, how dense."""
    one, user = _table(table), _user(request)
    kept = table_settings.get(user=user, table=one.id)
    if request.method != "POST":
        chosen = kept.columns or one.defaults
        return _show_settings(request, one, kept, _whole(one, chosen), chosen)
    said = request.POST
    if "reset" in said:
        table_settings.reset(user=user, table=one.id)
        return going.send(request, _back(request, one))
    known = list(one.by_id)
    order = _whole(one, table_settings.choose(known, said.getlist("order")))
    checked = set(said.getlist("columns"))
    names = [name for name in order if name in checked or one.by_id[name].is_key]
    asked = Settings(
        columns=tuple(names),
        page_size=_number(said.get("page_size", ""), PAGE_SIZES, kept.page_size),
        density=_word(said.get("density", ""), DENSITIES, kept.density),
        wraps="wraps" in said,
    )
    if move := said.get("move"):
        moved = _moved(order, *move.partition(":")[::2])
        return _show_settings(request, one, asked, moved, names)
    table_settings.save(user=user, table=one.id, settings=asked)
    return going.send(request, _back(request, one))


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.VIEWER)
def views(request: HttpRequest, table: str) -> HttpResponse:
    """The views that there are; posted, one more."""
    one = _table(table)
    if request.method != "POST":
        return _show_views(request, one)
    query = _query(request)
    try:
        saved = saved_views.save(
            owner=_user(request),
            actor=access.get_actor(request),
            table=one.id,
            name=request.POST.get("name", ""),
            query=query.urlencode(),
            columns=_columns(one, query, _user(request)),
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
    one, actor, now = _table(table), access.get_actor(request), wiring.now()
    try:
        saved = saved_views.get(user_id=actor.user_id, table=one.id, slug=slug)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error
    said = request.POST
    try:
        match said.get("do"):
            case "delete":
                saved_views.delete(view=saved, actor=actor, now=now)
                messages.success(request, f"The view “{saved.name}” is deleted.")
            case "overwrite":
                query = _query(request)
                columns = _columns(one, query, _user(request))
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


@require_POST
@access.requires(Role.VIEWER)
def selection(request: HttpRequest, table: str) -> HttpResponse:
    """The rows that are ticked, as a file."""
    one = _table(table)
    query = QueryDict(mutable=True)
    for name in ("only", "cols", "ordering"):
        query.setlist(name, request.POST.getlist(name))
    if not query.getlist("only"):
        messages.warning(request, "No row is ticked: tick some, then export them.")
        return redirect(one.path)
    asked = asking.read(request, one, query)
    return exporting.export(one, asked, request.POST.get("export", ""))


def _show_settings(
    request: HttpRequest,
    table: Table,
    asked: Settings,
    order: Sequence[str],
    names: Sequence[str],
) -> HttpResponse:
    context = {
        "table": table,
        "columns": [
            {
                "column": table.by_id[name],
                "is_shown": name in names,
                "is_first": name == order[0],
                "is_last": name == order[-1],
            }
            for name in order
        ],
        "asked": asked,
        "page_sizes": PAGE_SIZES,
        "densities": DENSITIES,
        "next": _back(request, table),
    }
    return listing.respond(request, "failover/table_settings.html", context)


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


def _table(name: str) -> Table:
    if name not in TABLES:
        raise Http404("There is no such table.")
    return TABLES[name]


def _user(request: HttpRequest) -> User:
    """Asked for by `access.requires` already."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _whole(table: Table, names: Sequence[str]) -> list[str]:
    """The names in their order, and after them the columns that are left."""
    return [*names, *(name for name in table.by_id if name not in names)]


def _moved(order: Sequence[str], direction: str, name: str) -> list[str]:
    found = list(order)
    if name in found:
        at = found.index(name)
        to = at - 1 if direction == "up" else at + 1
        if 0 <= to < len(found):
            found[at], found[to] = found[to], found[at]
    return found


def _query(request: HttpRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", "")[:8000].lstrip("?"), mutable=True)


def _columns(table: Table, query: QueryDict, user: User) -> tuple[str, ...]:
    """The columns of the address, else those that the user has chosen."""
    in_address = [name for name in query.get("cols", "").split(",") if name]
    kept = table_settings.get(user=user, table=table.id).columns
    return table_settings.choose(list(table.by_id), in_address or kept)


def _back(request: HttpRequest, table: Table) -> str:
    """The page that one came from, with the columns that one has now chosen."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    path, _, text = wanted.partition("?")
    is_ours = path == reverse(table.path) and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}
    )
    if not is_ours:
        return reverse(table.path)
    query = QueryDict(text, mutable=True)
    for name in ("cols", "size", "page"):
        query.pop(name, None)
    return f"{path}?{query.urlencode()}" if query else path


def _number(text: str, known: Sequence[int], otherwise: int) -> int:
    return int(text) if text in map(str, known) else otherwise


def _word(text: str, known: Sequence[str], otherwise: str) -> str:
    return text if text in known else otherwise
