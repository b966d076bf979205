"""Signing in and out, showing once more who one is, and the theme."""

from typing import Any

from allauth.account import views as account_views
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.totp.internal import auth as totp_auth
from django.contrib import auth
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from failover.models import User
from failover.services.people import sessions
from failover.web import access, asking_again, context, home, recording
from failover.web.presenters import kept_forms as words

A_YEAR_S = 365 * 24 * 3600


@require_POST
@access.open_to_anyone
def logout(request: HttpRequest) -> HttpResponse:
    """End this session; its cookie opens nothing any more."""
    sessions.forget(key=str(request.session.session_key))
    auth.logout(request)
    response = redirect("account_login")
    # Not the cookies: the theme stays, and the session's is worth nothing now.
    response["Clear-Site-Data"] = '"cache"'
    return response


@login_required
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Show the password, a code or a key again; with an identity provider sign in
    there again.
    """
    try:
        answer: HttpResponse = account_views.reauthenticate(request)
    except PermissionDenied:
        page = "account/reauthenticate_elsewhere.html"
        return render(request, page, {"next": request.GET.get("next", "")})
    return answer


@require_safe
@login_required
def show_kept_form(request: HttpRequest, form_id: str) -> HttpResponse:
    """What was filled in before the password was asked for: one click sends it."""
    kept = asking_again.find(request, form_id)
    page = "account/kept_form.html"
    if kept is None:
        return render(request, page, status=404)
    shown = {
        "kept": kept,
        "title": words.title(kept.path),
        "lines": words.lines(kept.path, kept.fields),
        "hidden": asking_again.as_hidden(kept),
    }
    return render(request, page, shown)


@require_safe
@login_required
def to_security(request: HttpRequest) -> HttpResponse:
    """allauth's own overviews are one page here."""
    del request
    return redirect("settings-security")


@require_safe
@login_required
def show_qr(request: HttpRequest) -> HttpResponse:
    """The picture of the secret that is being set up, as the page's policy allows."""
    user: Any = request.user
    if "mfa.totp.secret" not in request.session or not isinstance(user, User):
        raise Http404
    adapter = get_mfa_adapter()
    url = adapter.build_totp_url(user, totp_auth.get_totp_secret())
    answer = HttpResponse(adapter.build_totp_svg(url), content_type="image/svg+xml")
    answer["Cache-Control"] = "no-store"
    return answer


def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Nobody signs up: administrators make users."""
    del request
    return redirect("account_login")


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
