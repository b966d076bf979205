"""Cells as HTML. A page of hundreds of cells costs a tenth of what a template asks.

What comes from outside goes through `format_html`, which escapes; what stands around
it is drawn once and kept.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from failover.web.presenters import icons
from failover.web.presenters.timing import Moment

if TYPE_CHECKING:
    from failover.web.presenters.badges import Badge
    from failover.web.presenters.cells import Cell

HEAD_END, CELL_END = SafeString("</th>"), SafeString("</td>")
DASH = SafeString("–")


def draw(cell: "Cell") -> str:
    """What stands inside the cell, without the control of a swap."""
    return _main(cell) + _hint(cell) if cell.hint else _main(cell)


def draw_row(cells: Iterable[tuple[str, bool, "Cell"]]) -> str:
    """Whole cells: the name of each column on a phone, whether it heads the row."""
    parts: list[str] = []
    for name, is_key, cell in cells:
        begin, end = _begin(name, is_key, cell.classes), CELL_END
        parts += (begin, conditional_escape(draw(cell)), HEAD_END if is_key else end)
    # Each part is safe by itself.
    return SafeString("".join(parts))


def draw_pick(key: str, href: str) -> str:
    """The tick of a row, and the way to its panel."""
    return format_html(
        '<td role="cell" class="pick"><input type="checkbox" id="pick-{0}" form="bulk"'
        ' name="only" value="{0}" aria-label="Select {0}"><a class="opens-panel"'
        ' id="open-{0}" href="{1}" hx-get="{1}" hx-target="#panel" hx-swap="outerHTML"'
        ' hx-push-url="true" aria-label="Details of {0} below" title="Details below">⌄'
        "</a></td>",
        key,
        href,
    )


@lru_cache(maxsize=512)
def _begin(name: str, is_key: bool, css: str) -> str:  # noqa: FBT001 - lru_cache.
    form = (
        '<th role="rowheader" scope="row" data-label="{}" class="{}">'
        if is_key
        else '<td role="cell" data-label="{}" class="{}">'
    )
    return format_html(form, name, css)


def _main(cell: "Cell") -> str:
    if cell.text:
        return _text(cell)
    if cell.badge:
        return _badge(cell.badge)
    if cell.at:
        return _time(cell.at, is_exact=cell.is_exact)
    if cell.swap:
        return format_html('<span class="hint">{}</span>', cell.swap.reason or DASH)
    if cell.items:
        items = ((_text(item),) for item in cell.items)
        return format_html("<span>{}</span>", format_html_join(" ", "{}", items))
    return DASH


@lru_cache(maxsize=256)
def _badge(badge: "Badge") -> str:
    form = '<span class="status tone-{}">{}<span>{}</span></span>'
    return format_html(form, badge.tone, badge.drawing, badge.word)


def _text(cell: "Cell") -> str:
    if not cell.href and not cell.copy:
        form = '<span class="code">{}</span>' if cell.is_code else "<span>{}</span>"
        return format_html(form, cell.text)
    said: str = cell.text
    if cell.href:
        said = format_html('<a href="{}">{}</a>', cell.href, said)
    if cell.copy:
        said = format_html(
            '{0}<button type="button" class="copy" data-copy="{1}"'
            ' aria-label="Copy {1}" title="Copy">{2}</button>',
            said,
            cell.copy,
            icons.draw("square-2-stack"),
        )
    # An id stays in one line with the button that copies it.
    whole = "code nowrap" if cell.is_code else "nowrap" if cell.copy else ""
    return format_html('<span class="{}">{}</span>', whole, said)


def _time(at: Moment, *, is_exact: bool) -> str:
    if is_exact:
        form = '<time datetime="{}" title="{}">{}</time>'
        return format_html(form, at.iso, at.ago, at.text)
    form = '<time datetime="{}" title="{}" data-ago>{}</time>'
    return format_html(form, at.iso, at.text, at.ago)


def _hint(cell: "Cell") -> str:
    if cell.hint_at is None:
        return format_html('<span class="hint">{}</span>', cell.hint)
    at = _time(cell.hint_at, is_exact=False)
    return format_html('<span class="hint">{} {}</span>', cell.hint, at)
