"""What one request asks of a table page: read once, with the user's wishes and view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from failover.models import Role, User
from failover.services import filters, saved_views, table_settings
from failover.services.filters import tokens
from failover.services.filters.tokens import NOT_TAGGED, TAG, Operator, Token
from failover.services.table_settings import Settings
from failover.web import access
from failover.web.presenters import tables
from failover.web.tables.columns import Column
from failover.web.tables.table import Table

# Parameters of the filter's editor: property, tag key, operator, value, what it edits.
EDITOR = ("fp", "fk", "fo", "fv", "edit")
# What an address may hold beside filters that its links do not carry on.
PASSING = ("go", "export", "suggest", "view", *EDITOR)
MOST_PAGE = 10**9
MOST_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One look at a table. `query` is what its links carry on, in one spelling."""

    request: HttpRequest = field(repr=False)
    table: Table
    chosen: filters.Table
    query: QueryDict
    ordering: str
    order: Sequence[Any]
    columns: Sequence[Column]
    settings: Settings
    page: int
    # The key of the row whose panel is open, and the panel's tab.
    selected: str
    tab: str
    # The keys that the look is limited to; none: all rows.
    only: tuple[str, ...]
    views: Sequence[Any]
    # The view that it began with, if there is one.
    view: Any = None
    # Where to go when the editor has made a filter.
    added: str | None = None

    @property
    def found(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.chosen.qs
        if self.only:
            rows = rows.filter(**{f"{self.table.key_column}__in": self.only})
        return rows

    @property
    def is_narrowed(self) -> bool:
        question = self.chosen.question
        return bool(question.words or question.tokens or self.only)

    @property
    def unfiltered(self) -> QueryDict:
        """The same look without its filters."""
        query = self.query.copy()
        for name in ("f", "q", "page", "sel", "tab", "only", "base"):
            query.pop(name, None)
        return query

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the search box sends along."""
        return [
            (name, value)
            for name, values in self.query.lists()
            if name not in ("q", "page", "sel", "tab")
            for value in values
        ]

    def may(self, role: Role) -> bool:
        return access.has_role(self.request, role)

    def editor(self) -> Mapping[str, object]:
        """The filter's editor: empty, or with the token that is to be changed."""
        text = self.request.GET.get("edit", "")
        token = tokens.parse(text) if text else None
        return {
            "is_open": token is not None,
            "edits": text if token else "",
            "name": token.name if token else "",
            "key": token.key if token else "",
            "operator": str(token.operator) if token else "",
            "value": token.value if token else "",
            "properties": sorted(self.table.filters.properties, key=lambda p: p.label),
            "operators": [(str(o), f"{tables.SPOKEN[o]} ({o})") for o in Operator],
            "has_tags": TAG in self.table.filters.known(),
            "not_tagged": NOT_TAGGED,
        }


def read(request: HttpRequest, table: Table, given: QueryDict | None = None) -> Asked:
    """What the address asks, or what was `given`.

    Raises NotFound for a view that is not there.
    """
    given = request.GET if given is None else given
    user = request.user if isinstance(request.user, User) else None
    user_id = user.pk if user else None
    query = saved_views.expand(user_id=user_id, table=table.id, query=given)
    views = list(saved_views.list_views(user_id=user_id, table=table.id))
    base = given.get("view") or given.get("base") or ""
    query = query.copy()
    if base:
        query["base"] = base
    added = _added(request, query)
    chosen = table.filters(query, queryset=table.rows())
    for name in PASSING:
        query.pop(name, None)
    known = tuple(table.filters.known())
    query = tables.canonical(chosen.question, query, known)
    settings = table_settings.get(user=user, table=table.id)
    ordering = query.get("ordering", "")
    order = filters.order_by(table.filters, ordering)
    return Asked(
        request=request,
        table=table,
        chosen=chosen,
        query=query,
        ordering=ordering if order else "",
        order=order or filters.order_by(table.filters, ""),
        columns=_columns(table, query, settings),
        settings=replace(settings, page_size=_size(query, settings)),
        page=_page(query.get("page", "")),
        selected=query.get("sel", ""),
        tab=query.get("tab", ""),
        only=tuple(dict.fromkeys(query.getlist("only")))[:MOST_ROWS],
        views=views,
        view=next((v for v in views if v.slug == base), None),
        added=added,
    )


def _columns(table: Table, query: QueryDict, settings: Settings) -> list[Column]:
    """Those of the address, else the user's, else the table's own; the key always."""
    by_id = table.by_id
    in_address = [name for name in query.get("cols", "").split(",") if name]
    asked = table_settings.choose(list(by_id), in_address or settings.columns)
    names = list(asked or table.defaults)
    for column in table.columns:
        if column.is_key and column.id not in names:
            names.insert(0, column.id)
    return [by_id[name] for name in table.in_order(names)]


def _size(query: QueryDict, settings: Settings) -> int:
    asked = query.get("size", "")
    is_known = asked.isascii() and asked.isdigit() and len(asked) < 6
    size = int(asked) if is_known else settings.page_size
    return size if size in table_settings.PAGE_SIZES else settings.page_size


def _page(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return max(1, int(text)) if is_number else 1


def _added(request: HttpRequest, query: QueryDict) -> str | None:
    """Where the filter that the editor made leads to; None if it made none."""
    name = request.GET.get("fp", "")
    if not name:
        return None
    operator = request.GET.get("fo", "")
    token = Token(
        name=name,
        key=request.GET.get("fk", "").strip() if name == TAG else "",
        operator=Operator(operator) if operator in list(Operator) else Operator.EQUALS,
        value=request.GET.get("fv", "").strip() or tokens.EMPTY,
    )
    edited = request.GET.get("edit", "")
    changed = query.copy()
    for passing in (*EDITOR, "page", "go"):
        changed.pop(passing, None)
    left = [f for f in changed.getlist("f") if f != edited]
    changed.setlist("f", [*left, token.plain])
    return f"{request.path}?{changed.urlencode(safe='=:!')}"
