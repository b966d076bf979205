"""The table that an address names."""

from django.http import Http404

from failover.web.tables.registry import TABLES
from failover.web.tables.table import Table


def find(name: str) -> Table:
    if name not in TABLES:
        raise Http404("There is no such table.")
    return TABLES[name]
