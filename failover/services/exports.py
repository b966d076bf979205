"""Rows as files: CSV that no spreadsheet runs, and JSON lines as the faithful form."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet

FORMATS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
}
# As many rows as are in memory at once.
CHUNK = 500
# A spreadsheet takes a cell that begins with one of these for a formula; the last four
# are the full-width forms.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def read(
    rows: QuerySet[Any], view: Callable[[list[Any]], Iterable[Any]]
) -> Iterator[Any]:
    """The views of all rows, a chunk at a time."""
    source = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(source, CHUNK)):
        yield from view(chunk)


def lines(
    kind: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """The file, line by line; `rows` are column -> plain value."""
    if kind == "jsonl":
        for row in rows:
            shown = {name: row[name] for name in columns}
            yield json.dumps(shown, ensure_ascii=False) + "\n"
        return
    yield csv_line(columns)
    for row in rows:
        yield csv_line(row[name] for name in columns)


def csv_line(cells: Iterable[Any]) -> str:
    """One line, every cell in quotes."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow([cell(c) for c in cells])
    return line.getvalue()


def cell(value: Any) -> str:
    """A value as text; what a spreadsheet would take for a formula gets a quote."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value)
    # Also after spaces, of which Unicode has many, and after marks that do not show.
    shown = text.lstrip(SPACES)
    return f"'{text}" if shown.startswith(FORMULA) or text[:1] in CONTROLS else text


SPACES = (
    "".join(chr(c) for c in range(0x3001) if chr(c).isspace()) + "\u200b\ufeff\u2060"
)
CONTROLS = frozenset("\0\t\r\n")
