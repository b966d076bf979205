"""Columns: what a cell shows of a row, and what an export holds of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from failover import wiring
from failover.services import fields
from failover.web.presenters import cells, timing
from failover.web.presenters.cells import Cell
from failover.web.presenters.hrefs import network_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row: the service's view of it, and what the presenter made of that."""

    seen: Any
    row: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `ordering` is the API's name to sort by it; empty: one cannot.

    `value` takes the service's view alone; None: no export has it. The key column
    heads the row, and cannot be left out. What acts is always the last, and in sight.
    `short` is its name on a phone.
    """

    id: str
    label: str
    value: Callable[[Any], Any] | None
    show: Callable[[Shown], Cell]
    ordering: str = ""
    is_default: bool = True
    is_key: bool = False
    acts: bool = False
    short: str = ""

    @property
    def name(self) -> str:
        return self.short or self.label


def of(name: str) -> Callable[[Any], Any]:
    """A field of the view; `a.b` is a field of a part that may be missing."""

    def get(seen: Any) -> Any:
        for part in name.split("."):
            if seen is None:
                return None
            seen = getattr(seen, part)
        return seen

    return get


def text(id: str, label: str, get: Any = "", **rest: Any) -> Column:
    """Words; `css` are classes of the cell."""
    value, css = _getter(id, get), rest.pop("css", "")
    return Column(
        id=id,
        label=label,
        value=value,
        show=lambda x: Cell(text=_plain(value(x.seen)), css=css),
        **rest,
    )


def code(id: str, label: str, get: Any = "", **rest: Any) -> Column:
    """Ids and addresses, each with a button to copy it.

    `network` is the path of the pages of VPCs, subnets, groups: each id leads there.
    """
    value, network = _getter(id, get), rest.pop("network", "")

    def one(text: str) -> Cell:
        return cells.code(text, network_page(network, text) if network else "")

    def show(x: Shown) -> Cell:
        said = value(x.seen)
        if isinstance(said, list | tuple):
            return Cell(items=[one(str(part)) for part in said if part])
        return one(_plain(said))

    return Column(id=id, label=label, value=value, show=show, **rest)


def term(id: str, label: str, get: Any = "", **rest: Any) -> Column:
    """A word of AWS's or of ours that is no id: nobody copies it."""
    value = _getter(id, get)

    def show(x: Shown) -> Cell:
        return Cell(text=_plain(value(x.seen)), is_code=True)

    return Column(id=id, label=label, value=value, show=show, **rest)


def flag(id: str, label: str, get: Any = "", **rest: Any) -> Column:
    """Yes or no, or nothing where it does not apply."""
    value = _getter(id, get)
    words = {True: "Yes", False: "No"}
    return Column(
        id=id,
        label=label,
        value=value,
        show=lambda x: Cell(text=words.get(value(x.seen), "")),
        **rest,
    )


def moment(id: str, label: str, get: Any = "", **rest: Any) -> Column:
    """A time; `is_exact` shows it as such."""
    value, is_exact = _getter(id, get), rest.pop("is_exact", False)

    def show(x: Shown) -> Cell:
        at = timing.moment(timing.parse(value(x.seen) or None), wiring.now())
        return Cell(at=at, css="nowrap numbers", is_exact=is_exact)

    return Column(id=id, label=label, value=value, show=show, **rest)


def swap() -> Column:
    """The way to the swap of the row's pair, or why there is none."""

    def show(x: Shown) -> Cell:
        control = x.row.swap
        return Cell(
            swap=control, css="acts" if control.has_control else "acts is-empty"
        )

    return Column(id="swap", label="Swap", value=None, show=show, acts=True)


def plain(column: Column, seen: Any) -> Any:
    """What an export holds of the row, as the API would write it."""
    return fields.plain(column.value(seen)) if column.value else None


def _getter(name: str, get: Any) -> Callable[[Any], Any]:
    return get if callable(get) else of(get or name)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        # As the filter has it: tag:Key=Value.
        return ", ".join(f"{k}={v}" for k, v in sorted(value.items()))
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value)
    return str(value)
