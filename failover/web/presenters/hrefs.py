"""The addresses of the pages of single things."""

from functools import lru_cache

from django.urls import reverse

from failover.services import scoping


@lru_cache(maxsize=8192)
def page_of(path: str, key: object) -> str:
    """The address of a thing's page; a table asks for the same ones at every poll."""
    return reverse(path, args=[key])


def network_page(path: str, key: str) -> str:
    """Of a VPC, a subnet, a group or a route table; empty for whom none has a page."""
    return page_of(path, key) if key and scoping.sees_networks() else ""
