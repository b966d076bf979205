"""A table's heads, tokens, lines and pages, each with the address it leads to."""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from django.http import QueryDict

from failover.services.filters.properties import Property
from failover.services.filters.questions import Question
from failover.services.filters.tokens import TAG, Operator, Token
from failover.web.presenters import drawing
from failover.web.presenters.cells import Cell

# Each operator as one would say it.
SPOKEN: Mapping[Operator, str] = {
    Operator.EQUALS: "is",
    Operator.DIFFERS: "is not",
    Operator.CONTAINS: "contains",
    Operator.LACKS: "does not contain",
    Operator.STARTS: "begins with",
    Operator.FROM: "is at least",
    Operator.UNTIL: "is at most",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One column's head; without `href` it cannot be sorted by."""

    id: str
    label: str
    href: str = ""
    aria_sort: str = ""
    icon: str = ""
    acts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A filter that is on: the page with it in the editor, and the page without it."""

    label: str
    operator: str
    spoken: str
    value: str
    edit_href: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row, drawn up to each cell that a template must draw.

    `pick` is its first cell: the tick, and the way to its panel. `rev` changes when
    what it says does; times that pass are no change.
    """

    id: str
    is_open: bool
    pick: str
    parts: Sequence[tuple[str, Cell | None]] = field(repr=False)
    rev: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where in the pages one is. Hrefs are empty where there is no such page.

    `has_more`: more rows match than are counted and cut into pages.
    """

    number: int
    last: int
    first_row: int
    last_row: int
    count: int
    previous_href: str
    next_href: str
    has_more: bool

    @property
    def ends_early(self) -> bool:
        """Whether this is the last page, and yet not the last rows."""
        return self.has_more and self.number == self.last


def line(
    cells: Iterable[tuple[str, bool, Cell]],
    *,
    id: str,
    panel_href: str,
    is_open: bool,
) -> Line:
    """`cells`: the column's name, whether it heads the row, what it says."""
    parts: list[tuple[str, Cell | None]] = []
    plain: list[str] = []
    said: list[str] = []
    for name, is_key, cell in cells:
        if cell.swap is not None and cell.swap.has_control:
            parts.append((drawing.join(plain), cell))
            plain = []
            said.append(repr(cell.mark))
            continue
        drawn = drawing.draw_cell(name, cell, is_key=is_key)
        plain.append(drawn)
        said.append(repr(cell.mark) if cell.at or cell.hint_at else drawn)
    parts.append((drawing.join(plain), None))
    return Line(
        id=id,
        is_open=is_open,
        pick=drawing.draw_pick(id, panel_href),
        parts=parts,
        rev=f"{zlib.crc32(''.join(said).encode()):08x}",
    )


def heads(
    columns: Sequence[tuple[str, str, str, bool]], *, query: QueryDict, ordering: str
) -> list[Head]:
    """Heads from (id, ordering name, label, whether it acts).

    Without an ordering name one cannot sort by it.
    """
    return [
        _head(id_, name, label, query, ordering)
        if name
        else Head(id=id_, label=label, acts=acts)
        for id_, name, label, acts in columns
    ]


def _head(id_: str, name: str, label: str, query: QueryDict, ordering: str) -> Head:
    if ordering == name:
        href = href_with(query, ordering=f"-{name}", page=None)
        return Head(
            id=id_, label=label, href=href, aria_sort="ascending", icon="chevron-up"
        )
    href = href_with(query, ordering=name, page=None)
    if ordering == f"-{name}":
        return Head(
            id=id_, label=label, href=href, aria_sort="descending", icon="chevron-down"
        )
    return Head(id=id_, label=label, href=href, icon="chevron-up-down")


def marks(
    question: Question, known: Mapping[str, Property], *, query: QueryDict
) -> list[Mark]:
    """The words and tokens that are on."""
    words = [
        Mark(
            label="Text",
            operator=Operator.CONTAINS,
            spoken=SPOKEN[Operator.CONTAINS],
            value=word,
            edit_href="",
            href=href_with(query, page=None, q=_joined(question.words, without=word)),
        )
        for word in question.words
    ]
    tokens = [
        Mark(
            label=label_of(token, known),
            operator=token.operator,
            spoken=SPOKEN[token.operator],
            value=token.value,
            edit_href=href_with(query, edit=token.plain),
            href=_without(query, token),
        )
        for token in question.tokens
    ]
    return [*words, *tokens]


def label_of(token: Token, known: Mapping[str, Property]) -> str:
    """The property as pages call it; a tag by its key."""
    return f"Tag {token.key}" if token.name == TAG else known[token.name].label


def canonical(question: Question, query: QueryDict, known: Sequence[str]) -> QueryDict:
    """The query with every token as an `f`, and the words alone in `q`."""
    whole = query.copy()
    for name in (*known, "f", "q"):
        whole.pop(name, None)
    if question.words:
        whole["q"] = _joined(question.words)
    whole.setlist("f", [token.plain for token in question.tokens])
    if not question.tokens:
        whole.pop("f", None)
    return whole


def pages(
    *, query: QueryDict, count: int, offset: int, size: int, has_more: bool
) -> Pages:
    number, last = offset // size + 1, max(1, -(-count // size))
    return Pages(
        number=number,
        last=last,
        first_row=min(offset + 1, count),
        last_row=min(offset + size, count),
        count=count,
        previous_href=href_with(query, page=str(number - 1)) if number > 1 else "",
        next_href=href_with(query, page=str(number + 1)) if number < last else "",
        has_more=has_more,
    )


def hrefs_with(query: QueryDict, name: str) -> Callable[[str], str]:
    """For each value of the parameter the address that `href_with` gives."""
    begin = href_with(query, **{name: None})
    joined = f"{begin}&{name}=" if len(begin) > 1 else f"?{name}="
    return lambda value: joined + quote_plus(value, safe="=:!")


def href_with(query: QueryDict, **changes: str | None) -> str:
    """The same page with these parameters; None takes one away."""
    changed = query.copy()
    for name, value in changes.items():
        if value:
            changed[name] = value
        else:
            changed.pop(name, None)
    return f"?{changed.urlencode(safe='=:!')}"


def _without(query: QueryDict, token: Token) -> str:
    changed = query.copy()
    changed.pop("page", None)
    left = [f for f in changed.getlist("f") if f != token.plain]
    changed.setlist("f", left)
    if not left:
        changed.pop("f", None)
    return f"?{changed.urlencode(safe='=:!')}"


def _joined(words: Sequence[str], *, without: str = "") -> str:
    """The words as one would type them."""
    return " ".join(
        f'"{word}"' if set(word) & set(' "=:!^<>') else word
        for word in words
        if word != without
    )
