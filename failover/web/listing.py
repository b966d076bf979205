"""What every table page does: filter, sort, cut into pages, export, answer polls.

The filters and the names of `?ordering=` are the API's own (`services.filters`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from failover import wiring
from failover.services import filters, paging
from failover.web import asked_once, exporting, going, panels
from failover.web.asking import Asked
from failover.web.asking import read as read_asked
from failover.web.presenters import tables, timing
from failover.web.presenters.tables import Line
from failover.web.tables.columns import Shown
from failover.web.tables.table import Table

# Of lists that are no table of ours.
ROWS_PER_PAGE = 50
# How often a table asks again: while a job is at work, and otherwise.
POLL_BUSY_S, POLL_CALM_S = 2, 10
# htmx swaps no 5xx in, and what EC2 does not answer is said by the part itself.
PART_STATUSES = {503: 200}


def show(
    request: HttpRequest, table: Table, extra: Mapping[str, object] | None = None
) -> HttpResponse:
    """The table's page, or of it what htmx asks for, or a file of its rows."""
    if request.GET.get("go") and (found := going.find(request.GET.get("q", ""))):
        return going.send(request, found)
    asked = read_asked(request, table)
    if "export" in request.GET:
        return exporting.export(table, asked, request.GET["export"])
    if "suggest" in request.GET:
        return suggest(request, table)
    if asked.added is not None:
        return going.send(request, asked.added)
    panel = panels.find(request, table, asked)
    if is_part(request, "panel"):
        context: dict[str, object] = {"panel": panel, "poll_s": poll_s(request)}
        return render(request, f"{table.template}#panel", context)
    context = {**_context(request, table, asked), "panel": panel}
    return respond(request, table.template, {**context, **(extra or {})})


def suggest(request: HttpRequest, table: Table) -> HttpResponse:
    """The values of a property that its rows have, for the filter's editor."""
    values = filters.list_values(
        table.filters, table.rows(), request.GET.get("suggest", "")
    )
    return render(request, "failover/parts/values.html", {"values": values})


def _context(request: HttpRequest, table: Table, asked: Asked) -> dict[str, object]:
    size = asked.settings.page_size
    cut = paging.cut(
        every=table.rows(),
        found=asked.found if asked.is_narrowed else None,
        order=asked.order,
        offset=(asked.page - 1) * size,
        size=size,
        texts=None if asked.only else asked.chosen.texts,
        read_by=asked.chosen.read_by,
        counted_by=table.filters.counted_by,
        for_reader=True,
    )
    shown = table.shown(request, cut.rows)
    opened = tables.hrefs_with(asked.query, "sel")
    question, known = asked.chosen.question, table.filters.known()
    here = asked.query
    return {
        "table": table,
        "lines": [line(table, asked, one, opened) for one in shown],
        "total": cut.count,
        "has_more": cut.has_more,
        "heads": tables.heads(
            [(c.id, c.ordering, c.label, c.acts) for c in asked.columns],
            query=here,
            ordering=asked.ordering,
        ),
        "marks": tables.marks(question, known, query=here),
        "faults": question.faults,
        "is_narrowed": asked.is_narrowed or bool(question.faults),
        "clear_href": tables.href_with(asked.unfiltered),
        "pages": tables.pages(
            query=here,
            count=cut.count,
            offset=cut.offset,
            size=size,
            has_more=cut.has_more,
        ),
        "here": f"{request.path}{tables.href_with(here)}",
        "asked": asked,
        "editor": asked.editor(),
        "export_href": tables.href_with(here, export="csv", page=None, sel=None),
        "export_lines_href": tables.href_with(
            here, export="jsonl", page=None, sel=None
        ),
        "bulks": [bulk for bulk in table.bulk if asked.may(bulk.role)],
        "poll_s": poll_s(request),
        "ages": timing.few(ages(request, *table.read)) if table.has_ages else [],
        "empty_title": table.empty_title,
        "empty_text": table.empty_text,
    }


def line(
    table: Table, asked: Asked, shown: Shown, opened: Callable[[str], str]
) -> Line:
    """One row as the page shows it; `opened` gives the page with its panel."""
    key = table.key(shown.seen)
    return tables.line(
        ((c.name, c.is_key, c.show(shown)) for c in asked.columns),
        id=key,
        panel_href=opened(key),
        is_open=key == asked.selected,
    )


def respond(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page, or its fragment `rows` where htmx asks for a part of it."""
    wants_part = is_part(request)
    name = f"{template}#rows" if wants_part else template
    if wants_part:
        status = PART_STATUSES.get(status, status)
    return render(request, name, {**context, "is_fragment": wants_part}, status=status)


def is_part(request: HttpRequest, target: str = "") -> bool:
    """Whether htmx asks for a part of the page: of that id, if one is given."""
    htmx: Any = getattr(request, "htmx", None)
    is_asked = bool(htmx) and not (htmx.boosted or htmx.history_restore_request)
    return is_asked and (not target or htmx.target == target)


def ages(request: HttpRequest, *read: type[Model]) -> list[timing.Age]:
    """How old what is shown of each region is.

    Rows of `read` are as old as the last complete read of them; pairs are looked at
    more often than that, as long as their region can be read.
    """
    now = wiring.now()
    regions = asked_once.list_regions(request)
    is_one_account = len({region.account_id for region in regions}) < 2
    return [
        timing.age(
            region=region.name if is_one_account else str(region),
            observed_at=(
                region.read_at(*read)
                if read or region.sync_error
                else region.observed_at
            ),
            error=region.sync_error,
            next_try_at=region.sync_retry_at,
            now=now,
        )
        for region in regions
    ]


def poll_s(request: HttpRequest) -> int:
    return POLL_BUSY_S if asked_once.count_active_jobs(request) else POLL_CALM_S
