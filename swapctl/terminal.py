"""Words on a terminal: tables that fit, colours, and nothing that a tag could do.

Names, tags and messages were written by others. What is not a printable character is
shown by its number, so that no name moves the cursor or turns the line round.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

GAP: Final = "  "
LEAST_WIDTH: Final = 6
# Control, format, surrogate, private and unassigned characters; line separators.
UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
COLOURS: Final[Mapping[str, str]] = {
    "succeeded": "32",
    "attached": "32",
    "running": "36",
    "queued": "36",
    "reversed": "33",
    "parked": "31",
    "cancelled": "33",
    "drifted": "31",
    "not ready": "31",
    "ready": "32",
    "done": "32",
    "failed": "31",
    "refused": "31",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; one that is `whole` is never cut, as ids are not."""

    title: str
    whole: bool = False


def escape(value: object) -> str:
    """The value as text of one line that only shows."""
    if value is None or value == "":
        return "-"
    return "".join(c if _is_seen(c) else _number(c) for c in str(value))


def paint(text: str, *, coloured: bool, word: str = "") -> str:
    """The text in the colour of the word, or of itself."""
    colour = COLOURS.get(word or text.strip())
    return f"\x1b[{colour}m{text}\x1b[0m" if coloured and colour else text


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    *,
    width: int | None,
    coloured: bool = False,
) -> list[str]:
    """Lines of a table, no longer than `width` where there is one."""
    cells = [[escape(value) for value in row] for row in rows]
    widths = [
        max(len(c.title), *(columns_of(row[i]) for row in cells), 0)
        if cells
        else len(c.title)
        for i, c in enumerate(columns)
    ]
    if width is not None:
        widths = _fit(columns, widths, width)
    titles = [_cut(c.title, w) for c, w in zip(columns, widths, strict=False)]
    lines = [_line(titles, widths, coloured=False)]
    lines += [_line(row, widths, coloured=coloured) for row in cells]
    return lines


def columns_of(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(_columns(c) for c in text)


def seconds(value: object) -> str:
    """A duration, short."""
    if not isinstance(value, int | float):
        return "-"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} m" if hours else f"{minutes} m {rest:02} s"


def moment(value: object) -> str:
    """A UTC stamp to the second."""
    text = str(value or "")
    return f"{text[:10]} {text[11:19]}" if len(text) >= 19 else text


def _line(cells: Sequence[str], widths: Sequence[int], *, coloured: bool) -> str:
    shown = []
    for text, width in zip(cells, widths, strict=False):
        cut = _cut(text, width)
        padding = " " * (width - columns_of(cut))
        shown.append(paint(cut, coloured=coloured) + padding)
    return GAP.join(shown).rstrip()


def _fit(columns: Sequence[Column], widths: list[int], width: int) -> list[int]:
    """Widths that fit: first what may be cut is cut, then the last columns go."""
    fitted = list(widths)
    while _total(fitted) > width and len(fitted) > 1:
        wide = [
            (w, i)
            for i, w in enumerate(fitted)
            if not columns[i].whole and w > LEAST_WIDTH
        ]
        if wide:
            # One column at a time, so that several wide ones give way alike.
            fitted[max(wide)[1]] -= 1
        else:
            fitted.pop()
    return fitted


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _cut(text: str, width: int) -> str:
    if columns_of(text) <= width:
        return text
    kept, taken = "", 0
    for character in text:
        taken += _columns(character)
        if taken > width - 1:
            break
        kept += character
    return f"{kept}…"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in UNSEEN


def _number(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
