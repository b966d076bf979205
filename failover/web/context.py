"""What the frame around every page needs."""

import ipaddress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import urlencode

from failover.models import Role
from failover.web import access, asked_once
from failover.web.shell import NARROWED, Shell

THEMES = (
    ("auto", "computer-desktop", "System theme"),
    ("light", "sun", "Light theme"),
    ("dark", "moon", "Dark theme"),
)
DENSITIES = (
    ("comfortable", "Comfortable", "More space between lines."),
    ("compact", "Compact", "More lines on a screen."),
)
THEME_COOKIE = "theme"
DENSITY_COOKIE = "density"
# Groups of (path's name, address, label, icon).
NAVIGATION = (
    (
        "",
        (
            ("home", "/", "Home", "home"),
            ("pairs", "/pairs/", "Failover pairs", "arrows-right-left"),
            ("jobs", "/jobs/", "Jobs", "queue-list"),
            ("approvals", "/approvals/", "Approvals", "hand-thumb-up"),
            ("actions", "/actions/", "Actions", "bolt"),
        ),
    ),
    (
        "EC2",
        (
            ("interfaces", "/interfaces/", "Network interfaces", "share"),
            ("elastic-ips", "/elastic-ips/", "Elastic IPs", "globe-alt"),
            ("instances", "/instances/", "Instances", "server"),
        ),
    ),
    (
        "Records",
        (
            ("audit", "/audit/", "Audit log", "document-text"),
            ("drift", "/drift/", "Changes", "arrow-path-rounded-square"),
            ("settings", "/settings/", "Settings", "cog-6-tooth"),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """One link of the navigation."""

    name: str
    href: str
    label: str
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationGroup:
    """Links that belong together, below a title or none."""

    title: str
    items: tuple[NavigationItem, ...]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Theme, navigation, who is logged in and the request's id."""
    user = getattr(request, "user", None)
    is_known = bool(user and user.is_authenticated)
    return {
        "theme": chosen(request, THEME_COOKIE, [name for name, _, _ in THEMES]),
        "density": chosen(request, DENSITY_COOKIE, [name for name, _, _ in DENSITIES]),
        "themes": THEMES,
        "request_id": request.META.get("swapboard.request_id", ""),
        "version": settings.VERSION,
        "shell": Shell(request),
        "navigation": _navigation(request),
        "can_operate": is_known and access.has_role(request, Role.OPERATOR),
        "can_change_ec2": is_known and access.has_role_on_ec2(request, Role.OPERATOR),
        "can_passkey": not _is_address(request.get_host()),
        "is_admin": is_known and access.has_role(request, Role.ADMIN),
        "running_jobs": asked_once.count_active_jobs(request) if is_known else 0,
    }


def chosen(request: HttpRequest, cookie: str, known: list[str]) -> str:
    """What the cookie chose, or the first."""
    wanted = request.COOKIES.get(cookie, known[0])
    return wanted if wanted in known else known[0]


def _navigation(request: HttpRequest) -> list[NavigationGroup]:
    """The links; account and region go along from list to list."""
    kept = {
        name: value
        for name in ("account", "region")
        if (value := request.GET.get(name, ""))
    }
    along = f"?{urlencode(kept)}" if kept else ""
    return [
        NavigationGroup(
            title=title,
            items=tuple(
                NavigationItem(
                    name=name,
                    href=f"{href}{along if name in NARROWED else ''}",
                    label=label,
                    icon=icon,
                    is_current=_is_under(request.path, href),
                )
                for name, href, label, icon in items
            ),
        )
        for title, items in NAVIGATION
    ]


def _is_under(path: str, href: str) -> bool:
    return path == href if href == "/" else path.startswith(href)


def _is_address(host: str) -> bool:
    """Browsers know passkeys for names only."""
    try:
        ipaddress.ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return True
