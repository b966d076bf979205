"""Cells as HTML. A page of hundreds of cells costs a tenth of what a template asks.

What comes from outside goes through `put`, which escapes; what stands around it is
drawn once and kept.
"""

import html
from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from failover.web.presenters.badges import Badge
from failover.web.presenters.cells import Cell
from failover.web.presenters.timing import Moment

HEAD_END, CELL_END = SafeString("</th>"), SafeString("</td>")
DASH = SafeString("–")
# A page has hundreds of them: each refers to the one drawing that `base.html` holds.
COPIES = SafeString('<svg class="icon" aria-hidden="true"><use href="#copies"/></svg>')
CODE, A_CODE = '<span class="code">{}</span>', '<a class="code" href="{}">{}</a>'


def put(form: str, *parts: object) -> SafeString:
    """As `format_html`, without asking of each part whether it is lazy."""
    return SafeString(form.format(*map(_escaped, parts)))


def _escaped(part: object) -> SafeString:
    return part if isinstance(part, SafeString) else SafeString(html.escape(str(part)))


def draw(cell: Cell) -> str:
    """What stands inside the cell, without the control of a swap."""
    return _main(cell) + _hint(cell) if cell.hint else _main(cell)


def draw_cell(name: str, cell: Cell, *, is_key: bool) -> str:
    """The whole cell: the name of its column on a phone, whether it heads the row."""
    begin, end = _begin(name, is_key, cell.classes), HEAD_END if is_key else CELL_END
    return begin + _escaped(draw(cell)) + end


def join(drawn: Iterable[str]) -> str:
    """Cells of a row beside each other. Each is safe by itself."""
    return SafeString("".join(drawn))


def draw_pick(key: str, href: str) -> str:
    """The tick of a row, and the way to its panel."""
    return put(
        '<td role="cell" class="pick"><input type="checkbox" id="pick-{0}" form="bulk"'
        ' name="only" value="{0}" aria-label="Select {0}"><a class="opens-panel"'
        ' id="open-{0}" href="{1}" hx-get="{1}" hx-target="#panel" hx-swap="outerHTML"'
        ' hx-push-url="true" aria-label="Details of {0} below" title="Details below">⌄'
        "</a></td>",
        key,
        href,
    )


@lru_cache(maxsize=512)
def _begin(name: str, is_key: bool, css: str) -> SafeString:  # noqa: FBT001 - lru_cache.
    form = (
        '<th role="rowheader" scope="row" data-label="{}" class="{}">'
        if is_key
        else '<td role="cell" data-label="{}" class="{}">'
    )
    return put(form, name, css)


def _main(cell: Cell) -> str:
    if cell.text:
        return _text(cell)
    if cell.badge:
        return _badge(cell.badge)
    if cell.at:
        return _time(cell.at, is_exact=cell.is_exact)
    if cell.swap:
        return put('<span class="hint">{}</span>', cell.swap.reason or DASH)
    if cell.items:
        items = ((_text(item),) for item in cell.items)
        return put("<span>{}</span>", format_html_join(" ", "{}", items))
    return DASH


@lru_cache(maxsize=256)
def _badge(badge: Badge) -> str:
    form = '<span class="status tone-{}">{}<span>{}</span></span>'
    return put(form, badge.tone, badge.drawing, badge.word)


def _text(cell: Cell) -> str:
    return _drawn(cell.text, cell.href, cell.copy, cell.is_code)


# By type too: of two equal texts only one may be safe.
@lru_cache(maxsize=8192, typed=True)
def _drawn(text: str, href: str, copy: str, is_code: bool) -> str:  # noqa: FBT001 - lru_cache.
    """Kept, because rows share their subnets, and a table is drawn at every poll."""
    if href:
        form = A_CODE if is_code else '<span><a href="{}">{}</a></span>'
        said = put(form, href, text)
    else:
        said = put(CODE if is_code else "<span>{}</span>", text)
    if not copy:
        return said
    # An id stays in one line with the button that copies it.
    return put(
        '<span class="nowrap">{0}<button type="button" class="copy" data-copy="{1}"'
        ' aria-label="Copy {1}" title="Copy">{2}</button></span>',
        said,
        copy,
        COPIES,
    )


def _time(at: Moment, *, is_exact: bool) -> str:
    if is_exact:
        form = '<time datetime="{}" title="{}">{}</time>'
        return put(form, at.iso, at.ago, at.text)
    form = '<time datetime="{}" title="{}" data-ago>{}</time>'
    return put(form, at.iso, at.text, at.ago)


def _hint(cell: Cell) -> str:
    if cell.hint_at is None:
        return put('<span class="hint">{}</span>', cell.hint)
    at = _time(cell.hint_at, is_exact=False)
    return put('<span class="hint">{} {}</span>', cell.hint, at)
