"""One's own security: the password, second factors, and where one is signed in."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.services import refusals
from failover.services.people import second_factors, sessions, users
from failover.web import access, asking_again
from failover.web.presenters import texts, timing

NAMES = {"totp": "Authenticator app", "recovery_codes": "Recovery codes"}


@require_safe
@access.signed_in
def show(request: HttpRequest) -> HttpResponse:
    """Everything about how one signs in."""
    return _page(request)


@require_POST
@access.signed_in
def change_password(request: HttpRequest) -> HttpResponse:
    """Set another password; every session ends, this one too."""
    user = access.get_user(request)
    form = PasswordChangeForm(user, request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    users.change_own_password(
        user=user,
        password=form.cleaned_data["new_password1"],
        actor=access.get_actor(request),
    )
    logout(request)
    messages.success(request, "Your password is changed. Sign in with it.")
    return redirect("account_login")


@require_POST
@access.signed_in
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, or in one place: for who has just shown who they are.

    Else whoever has stolen a session could shut its owner out.
    """
    user = access.get_user(request)
    if not access.get_actor(request).is_fresh:
        raise refusals.ConfirmIdentity
    chosen = request.POST.get("sitting", "")
    if chosen:
        number = int(chosen) if chosen.isascii() and chosen.isdigit() else 0
        if sessions.end(user_id=user.pk, sitting_id=min(number, 2**62)):
            messages.success(request, "That session is ended.")
        return redirect("settings-security")
    users.end_sessions(user=user, actor=access.get_actor(request))
    logout(request)
    messages.success(request, "All your sessions are ended.")
    return redirect("account_login")


def _page(
    request: HttpRequest,
    *,
    form: PasswordChangeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = access.get_user(request), wiring.now()
    factors = list(second_factors.list_of(user.pk))
    own = str(request.session.session_key)
    context = {
        "here": "Security",
        "is_fresh": access.get_actor(request).is_fresh,
        "confirm_href": asking_again.href(reverse("settings-security")),
        "form": form,
        "has_password": user.has_usable_password(),
        "totp": next((f for f in factors if f.type == "totp"), None),
        "codes": next((f for f in factors if f.type == "recovery_codes"), None),
        "keys": [
            {"id": f.pk, "name": str(f), "used": timing.moment(f.last_used_at, now)}
            for f in factors
            if f.type == "webauthn"
        ],
        "sittings": [
            {
                "id": s.pk,
                "agent": s.agent,
                "browser": texts.browser(s.agent),
                "source_ip": s.source_ip,
                "began": timing.moment(s.began_at, now),
                "seen": timing.moment(s.seen_at, now),
                "is_this": s.session_key == own,
            }
            for s in sessions.list_of(user.pk)
        ],
        "is_connected": SocialAccount.objects.filter(user=user).exists(),
        "has_provider": bool(settings.OIDC_ISSUER),
        "idle_minutes": settings.SESSION_IDLE_S // 60,
        "longest_hours": settings.SESSION_LONGEST_S // 3600,
    }
    return render(request, "failover/settings/security.html", context, status=status)
