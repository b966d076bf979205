"""One cell of any table: what it says, where it leads, how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from failover.web.presenters.badges import Badge
from failover.web.presenters.inventory import Holder, SwapControl
from failover.web.presenters.timing import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`css` are classes of the cell; an empty cell shows a dash, and not on a phone."""

    text: str = ""
    href: str = ""
    css: str = ""
    is_code: bool = False
    # What a copy button beside it copies.
    copy: str = ""
    # A second, smaller line, and a time in it.
    hint: str = ""
    hint_at: Moment | None = None
    badge: Badge | None = None
    at: Moment | None = None
    # Whether a time is shown as such, and not as how long ago it was.
    is_exact: bool = False
    items: Sequence["Cell"] = ()
    swap: SwapControl | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.badge or self.at or self.items or self.swap)

    @property
    def classes(self) -> str:
        return f"{self.css} is-empty" if self.is_empty else self.css

    @property
    def mark(self) -> tuple[Any, ...]:
        """All that it says, without how long ago that was."""
        return (
            *(self.text, self.href, self.hint, self.badge, self.swap),
            *(self.at and self.at.iso, self.hint_at and self.hint_at.iso),
            tuple(i.mark for i in self.items),
        )


def code(text: str, href: str = "", **how: Any) -> Cell:
    """An id or an address, with the button that copies it."""
    return link(text, href, is_code=True, copy=text, **how)


def holder(found: Holder | None) -> Cell:
    """An instance by its id, with its name below."""
    return code(found.id, found.href, hint=found.name) if found else Cell()


def link(text: str, href: str, **how: Any) -> Cell:
    """A link, or nothing where there is nothing to lead to."""
    return Cell(text=text, href=href if text else "", **how)


def words(values: Sequence[str]) -> Cell:
    """Several short texts in one line."""
    return Cell(text=", ".join(v for v in values if v), css="text")
