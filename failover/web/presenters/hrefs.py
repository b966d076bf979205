"""The addresses of the pages of single things."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=8192)
def page_of(path: str, key: object) -> str:
    """The address of a thing's page; a table asks for the same ones at every poll."""
    return reverse(path, args=[key])
