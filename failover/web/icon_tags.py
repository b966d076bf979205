"""Heroicons as templates ask for them, each drawn once: a page shows dozens."""

from functools import lru_cache

from django import template
from heroicons.templatetags import heroicons

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=512)
def heroicon_mini(name: str, *, size: int | None = 20, **attributes: object) -> str:
    """A small icon; the word beside it is for everybody."""
    drawn: str = heroicons.heroicon_mini(name, size=size, **attributes)
    return drawn
