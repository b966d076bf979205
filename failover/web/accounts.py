"""Signing in and out, and the theme."""

from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from failover.web import access, context, home, recording

A_YEAR_S = 365 * 24 * 3600

login = access.open_to_anyone(
    views.LoginView.as_view(
        template_name="failover/login.html", redirect_authenticated_user=True
    )
)
logout = access.open_to_anyone(views.LogoutView.as_view())


@recording.changes_nothing
@require_POST
@access.open_to_anyone
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie, so that the server renders it."""
    response = redirect(home.safe_next(request))
    theme = request.POST.get("theme", "")
    if theme in {name for name, _, _ in context.THEMES}:
        response.set_cookie(
            context.THEME_COOKIE,
            theme,
            max_age=A_YEAR_S,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response
