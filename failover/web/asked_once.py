"""What several parts of one page want to know, asked once for each request."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from failover.models import Region
from failover.models.jobs import IS_ACTIVE
from failover.services import queries

ATTRIBUTE = "swapboard_asked"


def count_active_jobs(request: HttpRequest) -> int:
    """How many jobs hold their locks."""
    return int(_once(request, "active jobs", _count_active_jobs))


def list_regions(request: HttpRequest) -> list[Region]:
    """All regions that the user may see, by account and name."""
    found: list[Region] = _once(request, "regions", lambda: [*queries.list_regions()])
    return found


def _count_active_jobs() -> int:
    return queries.list_jobs().filter(IS_ACTIVE).order_by().count()


def _once(request: HttpRequest, name: str, ask: Callable[[], Any]) -> Any:
    known: dict[str, Any] = vars(request).setdefault(ATTRIBUTE, {})
    if name not in known:
        known[name] = ask()
    return known[name]
