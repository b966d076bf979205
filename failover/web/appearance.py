"""How the pages look to one person: theme, density, time zone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from failover.models import Role, User
from failover.services import looks
from failover.web import access, context, zones
from failover.web.settings_pages import SETTINGS

A_YEAR_S = 365 * 24 * 3600


@require_safe
@access.requires(Role.VIEWER)
def first_page(request: HttpRequest) -> HttpResponse:
    """The first page of settings."""
    del request
    return redirect(SETTINGS[0].url)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.VIEWER)
def appearance(request: HttpRequest) -> HttpResponse:
    """The form; posted, theme and density become cookies, the zone is the user's."""
    if request.method != "POST":
        return _show(request)
    zone = request.POST.get("time_zone", "")
    if not zones.is_known(zone):
        error = "Choose a zone from the list."
        return _show(request, error=error, status=422)
    if isinstance(request.user, User):
        looks.set_time_zone(user=request.user, zone=zone)
    messages.success(request, "Saved.")
    response = redirect("settings-appearance")
    keep(request, response, context.THEME_COOKIE, [n for n, _, _ in context.THEMES])
    keep(
        request, response, context.DENSITY_COOKIE, [n for n, _, _ in context.DENSITIES]
    )
    return response


def keep(
    request: HttpRequest, response: HttpResponse, name: str, known: list[str]
) -> None:
    """Keep a choice in a cookie, so that the server renders it at once."""
    value = request.POST.get(name, "")
    if value in known:
        response.set_cookie(
            name,
            value,
            max_age=A_YEAR_S,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )


def _show(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    user = request.user
    answer = {
        "densities": context.DENSITIES,
        "zone": user.time_zone if isinstance(user, User) else "",
        "zone_groups": _zone_groups(),
        "zone_error": error,
    }
    return render(request, "failover/settings/appearance.html", answer, status=status)


def _zone_groups() -> dict[str, list[str]]:
    """The zones by continent."""
    groups: dict[str, list[str]] = {}
    for zone in zones.names():
        groups.setdefault(zone.partition("/")[0], []).append(zone)
    return groups
