"""What the frame around every page needs."""

from typing import Any

from django.http import HttpRequest

from failover.models import Role
from failover.web import access, listing

THEMES = (
    ("auto", "computer-desktop", "System theme"),
    ("light", "sun", "Light theme"),
    ("dark", "moon", "Dark theme"),
)
THEME_COOKIE = "theme"
NAVIGATION = (
    ("home", "/", "Home"),
    ("interfaces", "/interfaces/", "Network interfaces"),
    ("pairs", "/pairs/", "Failover pairs"),
    ("jobs", "/jobs/", "Jobs"),
    ("instances", "/instances/", "Instances"),
    ("elastic-ips", "/elastic-ips/", "Elastic IPs"),
    ("audit", "/audit/", "Audit log"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Theme, navigation, who is logged in and the request's id."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    known = {name for name, _, _ in THEMES}
    user = getattr(request, "user", None)
    is_known = bool(user and user.is_authenticated)
    return {
        "theme": theme if theme in known else "auto",
        "themes": THEMES,
        "request_id": request.META.get("swapboard.request_id", ""),
        "navigation": [
            {"href": href, "label": label, "is_current": _is_under(request.path, href)}
            for _, href, label in NAVIGATION
        ],
        "can_operate": is_known and access.has_role(request, Role.OPERATOR),
        "is_admin": is_known and access.has_role(request, Role.ADMIN),
        "running_jobs": listing.count_active_jobs() if is_known else 0,
    }


def _is_under(path: str, href: str) -> bool:
    return path == href if href == "/" else path.startswith(href)
