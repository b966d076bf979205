"""The panel below a table: one row in full, under tabs."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from failover.web.asking import Asked
from failover.web.presenters import tables
from failover.web.presenters.cells import Cell
from failover.web.tables.columns import Shown
from failover.web.tables.table import Tab, Table

DETAILS = "details"
MOST_KEY = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TabLink:
    """A tab's name and address."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What the panel shows; `href` is the row's own page, empty if it has none.

    A row without a name is called by its id alone.
    """

    key: str
    kind: str
    name: str
    id: str
    href: str
    here: str
    close_href: str
    tabs: Sequence[TabLink]
    tab: Tab
    is_missing: bool = False

    @property
    def rev(self) -> str:
        said = [cell.mark for _, cell in self.tab.facts]
        said += [cell.mark for line in self.tab.lines for cell in line]
        return f"{zlib.crc32(repr((self.key, self.tab.id, said)).encode()):08x}"


def find(request: HttpRequest, table: Table, asked: Asked) -> Panel | None:
    """The panel of the row that the address names; None where it names none."""
    if not asked.selected:
        return None
    shown = None
    if _is_key(table, asked.selected):
        rows = table.rows().filter(**{table.key_column: asked.selected})
        shown = next(iter(table.shown(request, rows[:1])), None)
    if shown is None:
        return _missing(request, asked)
    tabs = [_details(table, shown), *table.tabs(request, shown)]
    current = next((tab for tab in tabs if tab.id == asked.tab), tabs[0])
    return Panel(
        key=table.key(shown.seen),
        kind=_kind(table),
        name=table.named(shown),
        id=table.known_by(shown),
        href=table.page(shown.seen),
        here=f"{request.path}{tables.href_with(asked.query)}",
        close_href=tables.href_with(asked.query, sel=None, tab=None),
        tabs=[
            TabLink(
                label=tab.label,
                href=tables.href_with(asked.query, tab=tab.id),
                is_current=tab is current,
            )
            for tab in tabs
        ],
        tab=current,
    )


def _details(table: Table, shown: Shown) -> Tab:
    """Every column of the table, also those that it does not show."""
    facts = [(c.label, c.show(shown)) for c in table.columns if c.id != "swap"]
    return Tab(id=DETAILS, label="Details", facts=facts)


def _missing(request: HttpRequest, asked: Asked) -> Panel:
    said = "It is not there any more, or it never was."
    return Panel(
        key=asked.selected,
        kind=_kind(asked.table),
        name=asked.selected,
        id="",
        href="",
        here=f"{request.path}{tables.href_with(asked.query)}",
        close_href=tables.href_with(asked.query, sel=None, tab=None),
        tabs=(),
        tab=Tab(id=DETAILS, label="Details", facts=[("", Cell(text=said))]),
        is_missing=True,
    )


def _kind(table: Table) -> str:
    """What the row is, as the first word of a title."""
    return table.noun[:1].upper() + table.noun[1:]


def _is_key(table: Table, selected: str) -> bool:
    """Whether the database can be asked for it: numbers and UUIDs must be such."""
    column = table.rows().model._meta.get_field(table.key_column)  # noqa: SLF001
    try:
        column.to_python(selected)
    except (ValidationError, ValueError):
        return False
    return len(selected) <= MOST_KEY and "\0" not in selected
