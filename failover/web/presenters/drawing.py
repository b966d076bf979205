"""Cells as HTML. A page of hundreds of cells costs a tenth of what a template asks.

Everything goes through `format_html`, which escapes; nothing here is marked as safe.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join

from failover.web.presenters import icons
from failover.web.presenters.timing import Moment

if TYPE_CHECKING:
    from failover.web.presenters.cells import Cell


def draw(cell: "Cell") -> str:
    """What stands inside the cell, without its swap."""
    return format_html("{}{}", _main(cell), _hint(cell)) if cell.hint else _main(cell)


def draw_cell(cell: "Cell", *, name: str, is_key: bool) -> str:
    """The whole cell; `name` is its column's on a phone, the key heads the row."""
    form = (
        '<th role="rowheader" scope="row" data-label="{}" class="{}">{}</th>'
        if is_key
        else '<td role="cell" data-label="{}" class="{}">{}</td>'
    )
    return format_html(form, name, cell.classes, draw(cell))


def join(drawn: Iterable[str]) -> str:
    """Cells in their order."""
    return format_html_join("", "{}", ((one,) for one in drawn))


def _main(cell: "Cell") -> str:
    if cell.text:
        return _text(cell)
    if cell.badge:
        return format_html(
            '<span class="status tone-{}">{}<span>{}</span></span>',
            cell.badge.tone,
            cell.badge.drawing,
            cell.badge.word,
        )
    if cell.at:
        return _time(cell.at, is_exact=cell.is_exact)
    if cell.items:
        items = ((_text(item),) for item in cell.items)
        return format_html("<span>{}</span>", format_html_join(" ", "{}", items))
    return "–"


def _text(cell: "Cell") -> str:
    said: str = cell.text
    if cell.href:
        said = format_html('<a href="{}">{}</a>', cell.href, said)
    if cell.copy:
        said = format_html(
            '{}<button type="button" class="copy" data-copy="{}" aria-label="Copy {}"'
            ' title="Copy">{}</button>',
            said,
            cell.copy,
            cell.copy,
            icons.draw("square-2-stack"),
        )
    is_whole = cell.copy or (cell.href and cell.is_code)
    css = f"{'code' * cell.is_code} {'nowrap' if is_whole else ''}".strip()
    return format_html('<span class="{}">{}</span>', css, said)


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
