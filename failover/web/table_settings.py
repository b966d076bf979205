"""What a user wants of a table: columns, their order, sizes."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from failover.models import Role
from failover.services import table_settings
from failover.services.table_settings import DENSITIES, PAGE_SIZES, Settings
from failover.web import access, going, listing, named_table
from failover.web.tables.table import Table


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.VIEWER)
def settings(request: HttpRequest, table: str) -> HttpResponse:
    """Which columns, in which order, how many rows, how dense."""
    one, user = named_table.find(table), access.get_user(request)
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
        moved = _moved(one, order, *move.partition(":")[::2])
        return _show_settings(request, one, asked, moved, names)
    table_settings.save(user=user, table=one.id, settings=asked)
    return going.send(request, _back(request, one))


def _show_settings(
    request: HttpRequest,
    table: Table,
    asked: Settings,
    order: Sequence[str],
    names: Sequence[str],
) -> HttpResponse:
    movable = [name for name in order if not table.by_id[name].acts]
    context = {
        "table": table,
        "columns": [
            {
                "column": table.by_id[name],
                "is_shown": name in names,
                "is_first": name == movable[0],
                "is_last": name == movable[-1],
            }
            for name in order
        ],
        "asked": asked,
        "page_sizes": PAGE_SIZES,
        "densities": DENSITIES,
        "next": _back(request, table),
    }
    return listing.respond(request, "failover/table_settings.html", context)


def _whole(table: Table, names: Sequence[str]) -> list[str]:
    """The names in their order, and after them the columns that are left."""
    left = (name for name in table.by_id if name not in names)
    return table.in_order([*names, *left])


def _moved(table: Table, order: Sequence[str], direction: str, name: str) -> list[str]:
    found = list(order)
    if name in found:
        at = found.index(name)
        to = at - 1 if direction == "up" else at + 1
        if 0 <= to < len(found):
            found[at], found[to] = found[to], found[at]
    return table.in_order(found)


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
