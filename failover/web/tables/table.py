"""A table page as its module describes it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from failover.models import Role
from failover.services import filters
from failover.web.presenters.cells import Cell
from failover.web.tables.columns import Column, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab of the panel: facts, or lines of a small table under `heads`."""

    id: str
    label: str
    facts: Sequence[tuple[str, Cell]] = ()
    heads: Sequence[str] = ()
    lines: Sequence[Sequence[Cell]] = ()
    # What is said where there is nothing to show.
    empty: str = "Nothing to show."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What may be done to the rows that are ticked: a form sent to this path."""

    label: str
    path: str
    role: Role
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table page."""

    # Its name in addresses, in settings and in saved views.
    id: str
    # The name of its path, and the page.
    path: str
    template: str
    title: str
    noun: str
    nouns: str
    # What the search box says that it finds.
    hint: str
    rows: Callable[[], QuerySet[Any]]
    filters: type[filters.Table]
    columns: Sequence[Column]
    # Rows -> the service's views -> the presenter's rows, in the same order.
    view: Callable[[Iterable[Any]], Sequence[Any]]
    dress: Callable[[HttpRequest, Sequence[Any]], Sequence[Any]]
    # What a row is addressed by, and the column that holds it.
    key: Callable[[Any], str]
    key_column: str
    empty_title: str
    empty_text: str
    # Where the row's own page is; empty: it has none.
    page: Callable[[Any], str] = lambda _: ""
    tabs: Callable[[HttpRequest, Shown], Sequence[Tab]] = lambda _request, _shown: ()
    bulk: Sequence[Bulk] = ()
    has_ages: bool = True
    # What of EC2 its rows show: they are as old as the last complete read of it.
    read: Sequence[type[Model]] = ()
    # What a row's panel is headed by beside its kind: its name, and the id that people
    # know it by; empty: it has none.
    named: Callable[[Shown], str] = lambda shown: shown.seen.name
    known_by: Callable[[Shown], str] = lambda _: ""

    @property
    def by_id(self) -> Mapping[str, Column]:
        return {column.id: column for column in self.columns}

    @property
    def defaults(self) -> tuple[str, ...]:
        return tuple(column.id for column in self.columns if column.is_default)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """The columns as they stand on the page: what acts comes last."""
        return sorted(names, key=lambda name: self.by_id[name].acts)

    def shown(self, request: HttpRequest, rows: Iterable[Any]) -> list[Shown]:
        """Rows with their views and presenter's rows."""
        seen = self.view(rows)
        dressed = self.dress(request, seen)
        return [Shown(seen=s, row=r) for s, r in zip(seen, dressed, strict=True)]


def tags(seen: Any) -> Tab:
    """The tags of what EC2 has."""
    return Tab(
        id="tags",
        label="Tags",
        heads=("Key", "Value"),
        lines=[
            (Cell(text=key), Cell(text=value or "(empty)"))
            for key, value in sorted(seen.tags.items())
        ],
        empty="It has no tags.",
    )
