"""In which time zone a page shows its times: UTC, the browser's, or one chosen."""

import functools
import zoneinfo
from datetime import tzinfo

from django.http import HttpRequest
from django.utils import timezone

from failover.models import User

UTC, BROWSER = "", "browser"
# Written by static/failover/shell.js: what the browser says of itself.
COOKIE = "browser-zone"


def activate(request: HttpRequest) -> None:
    """Let this request's times be shown in the zone of who asks."""
    zone = _zone_of(request)
    if zone is None:
        timezone.deactivate()
    else:
        timezone.activate(zone)


def name() -> str:
    """The zone of this page's times, as people write it."""
    return timezone.get_current_timezone_name()


def is_known(zone: str) -> bool:
    """Whether a user may choose this zone."""
    return zone in (UTC, BROWSER) or zone in names()


@functools.cache
def names() -> tuple[str, ...]:
    """Every zone by name, the aliases of old systems left out."""
    return tuple(
        sorted(
            n
            for n in zoneinfo.available_timezones()
            if "/" in n and not n.startswith(("Etc/", "SystemV/", "US/", "posix/"))
        )
    )


def _zone_of(request: HttpRequest) -> tzinfo | None:
    user = request.user
    chosen = user.time_zone if isinstance(user, User) else UTC
    if chosen == BROWSER:
        chosen = request.COOKIES.get(COOKIE, UTC)
    return zoneinfo.ZoneInfo(chosen) if chosen in names() else None
