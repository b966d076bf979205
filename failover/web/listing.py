"""What every table page does: filter, sort, cut into pages, answer polls.

The filters and the names of `?ordering=` are the API's own (`services.filters`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from failover import wiring
from failover.services import filters, queries
from failover.web.presenters import tables, timing

ROWS_PER_PAGE = 50
# How often a table asks again: while a job is at work, and otherwise.
POLL_BUSY_S, POLL_CALM_S = 2, 10
# htmx swaps no other errors in: a server's own trouble must not land inside a page.
PART_STATUSES = {400: 422, 503: 200}
Heads = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A filter to choose from: `field` of the FilterSet, and how it is asked for."""

    field: str
    label: str
    all: str
    values: Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table page. `heads` are (ordering name or "", label), in order."""

    template: str
    rows: Callable[[], QuerySet[Any]]
    filters: type[filters.Table]
    heads: Heads
    present: Callable[[HttpRequest, Page[Any]], list[Any]]
    empty_title: str
    empty_text: str
    selects: Sequence[Select] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    has_ages: bool = True


def show(
    request: HttpRequest, table: Table, extra: Mapping[str, object] | None = None
) -> HttpResponse:
    """The table's page, or for htmx only what is inside it."""
    chosen = table.filters(request.GET, queryset=table.rows())
    ordering = request.GET.get("ordering", "")
    found = chosen.qs.order_by(*_order(table.filters, ordering))
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    labels = {
        "q": "Search",
        **{s.field: s.label for s in table.selects},
        **table.labels,
    }
    context: dict[str, object] = {
        "page": page,
        "rows": table.present(request, page),
        "total": page.paginator.count,
        "ordering": ordering,
        "columns": tables.columns(table.heads, query=request.GET, ordering=ordering),
        "tokens": tables.tokens(labels, query=request.GET),
        "selects": [
            {
                "name": s.field,
                "label": s.label,
                "all": s.all,
                "options": tables.options(
                    s.values(), chosen=request.GET.get(s.field, "")
                ),
            }
            for s in table.selects
        ],
        "empty_title": table.empty_title,
        "empty_text": table.empty_text,
        "poll_s": poll_s(),
        "ages": ages() if table.has_ages else [],
    }
    return respond(request, table.template, {**context, **(extra or {})})


def respond(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page, or its fragment `rows` where htmx asks for a part of it."""
    htmx: Any = getattr(request, "htmx", None)
    wants_part = bool(htmx) and not (htmx.boosted or htmx.history_restore_request)
    name = f"{template}#rows" if wants_part else template
    if wants_part:
        status = PART_STATUSES.get(status, status)
    return render(request, name, {**context, "is_fragment": wants_part}, status=status)


def ages() -> list[timing.Age]:
    """How old what is shown of each region is."""
    now = wiring.now()
    return [
        timing.age(
            region=region.name,
            observed_at=region.observed_at,
            error=region.sync_error,
            now=now,
        )
        for region in queries.list_regions()
    ]


def poll_s() -> int:
    return POLL_BUSY_S if count_active_jobs() else POLL_CALM_S


def count_active_jobs() -> int:
    """How many jobs hold their locks."""
    every = filters.JobFilter({"active": "true"}, queryset=queries.list_jobs())
    return int(every.qs.count())


def _order(filter_set: type[filters.Table], ordering: str) -> list[Any]:
    """The columns to sort by; an unknown name sorts as if none was given."""
    descends = ordering.startswith("-")
    column = filter_set.ordered.get(ordering.removeprefix("-"))
    if column is None:
        return [*filter_set.default_ordering, "pk"]
    return [F(column).desc() if descends else F(column).asc(), "pk"]
