"""Small bar charts: numbers in, rectangles out; the words stand in a table beside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from failover.web.presenters import timing

WIDTH, HEIGHT = 720, 176
LEFT, RIGHT, TOP, BOTTOM = 68, 24, 14, 32
LEAST_BAR = 3.0
# Above so many seconds the scale is in minutes.
MOST_IN_SECONDS = 50
WIDEST_BAR = 28.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One bar to draw; None is a mark on the ground line.

    `tone` is its colour; without one its place stays empty.
    """

    value: float | None
    tone: str
    title: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A rectangle of the drawing."""

    x: str
    y: str
    width: str
    height: str
    tone: str
    title: str
    is_mark: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line of the grid, or a word below the ground line."""

    at: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing of WIDTH by HEIGHT."""

    bars: tuple[Bar, ...]
    grid: tuple[Tick, ...]
    words: tuple[Tick, ...]
    median: Tick | None = None

    width = WIDTH
    height = HEIGHT
    left = LEFT
    right = WIDTH - RIGHT
    ground = HEIGHT - BOTTOM


def chart(values: Sequence[Value], *, median: float | None = None) -> Chart:
    """Bars from left to right, on a scale that ends at a round number."""
    top = scale_of([v.value for v in values if v.value is not None])
    room = (WIDTH - LEFT - RIGHT) / max(1, len(values))
    wide = min(WIDEST_BAR, room * 0.7)
    bars, said = [], []
    for number, value in enumerate(values):
        centre = LEFT + room * (number + 0.5)
        if value.tone:
            bars.append(_bar(value, centre, wide, top))
        if value.label:
            said.append(Tick(at=f"{centre:.1f}", label=value.label))
    return Chart(
        bars=tuple(bars),
        grid=tuple(
            Tick(at=f"{_y(top * part, top):.1f}", label=timing.rough(top * part))
            for part in (0.5, 1.0)
        ),
        words=tuple(said),
        median=None
        if median is None
        else Tick(at=f"{_y(median, top):.1f}", label=timing.duration(median)),
    )


def scale_of(values: Sequence[float]) -> float:
    """The round number at or above the largest value."""
    most = max(values, default=0.0)
    if most <= 0:
        return 1.0
    unit = 1.0 if most <= MOST_IN_SECONDS else 60.0
    most /= unit
    power = 10.0 ** math.floor(math.log10(most))
    steps = (power * step for step in (1, 2, 4, 5, 10))
    return unit * next(step for step in steps if step >= most)


def _bar(value: Value, centre: float, wide: float, top: float) -> Bar:
    is_mark = value.value is None
    tall = LEAST_BAR
    if value.value is not None:
        tall = max(LEAST_BAR, (HEIGHT - BOTTOM) - _y(value.value, top))
    return Bar(
        x=f"{centre - wide / 2:.1f}",
        y=f"{HEIGHT - BOTTOM - tall:.1f}",
        width=f"{wide:.1f}",
        height=f"{tall:.1f}",
        tone=value.tone,
        title=value.title,
        is_mark=is_mark,
    )


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(1.0, value / top)
