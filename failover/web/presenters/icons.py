"""Icons, drawn once: a table shows the same few of them hundreds of times."""

from functools import lru_cache
from typing import Any

from heroicons.templatetags import heroicons


@lru_cache(maxsize=256)
def draw(name: str, css: str = "icon") -> str:
    """A small Heroicon for the eye alone; the word beside it is for everybody."""
    attributes: dict[str, Any] = {"class": css, "aria_hidden": "true"}
    drawn: str = heroicons.heroicon_mini(name, **attributes)
    return drawn
