"""A table's rows as a file: what is filtered, in the order and columns of the page."""

from collections.abc import Iterator
from typing import Any, cast

from django.http import Http404, HttpResponse, StreamingHttpResponse

from failover import wiring
from failover.services import exports
from failover.web.asking import Asked
from failover.web.tables import columns
from failover.web.tables.table import Table


def export(table: Table, asked: Asked, kind: str) -> HttpResponse:
    """The file, written while it is read: a hundred thousand rows take no memory.

    Raises Http404 for a form that is not known.
    """
    if kind not in exports.FORMATS:
        raise Http404("Exports are csv or jsonl.")
    wanted = [column for column in asked.columns if column.value is not None]
    rows = asked.found.order_by(*asked.order)

    def plain() -> Iterator[dict[str, Any]]:
        for seen in exports.read(rows, lambda chunk: table.view(chunk)):
            yield {column.id: columns.plain(column, seen) for column in wanted}

    names = [column.id for column in wanted]
    response = StreamingHttpResponse(
        exports.lines(kind, names, plain()), content_type=exports.FORMATS[kind]
    )
    at = wiring.now()
    name = f"{table.id}-{at:%Y%m%dT%H%M%SZ}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # Views answer so; whoever handles answers treats both alike.
    return cast(HttpResponse, response)
