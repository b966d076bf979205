"""How django-allauth signs people in here: no sign-up, our lockout, our secrets.

allauth brings the ceremonies (second factors, passkeys, OpenID Connect); who may come
in, and as what, is decided by the services.
"""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import signals
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from failover import wiring
from failover.models import User
from failover.services import refusals
from failover.services.people import freshness, provisioning

WRONG = "The user name or the password is wrong."


class SignInForm(LoginForm):  # type: ignore[misc]
    """The sign-in form; its field is called `username`, as everywhere in Django."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        data = kwargs.get("data")
        if data is not None and "login" not in data:
            kwargs["data"] = data.copy()
            kwargs["data"]["login"] = data.get("username", "")
        super().__init__(*args, **kwargs)


class KeysAndProviders(AuthenticationBackend):  # type: ignore[misc]
    """Who has signed in without a password; passwords are Django's own business."""

    def authenticate(self, request: HttpRequest | None, **_: Any) -> None:
        del request


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts: made by administrators, locked out by axes."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        del request
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth would lock a name for everybody; axes locks it for one address."""

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        del app
        return not freshness.is_fresh(self.request.session, now=wiring.now())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what has happened."""


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of second factors, sealed with the product's own key."""

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _seal().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Sealed with a key that is gone: no code can be right any more.
            return ""

    def get_totp_issuer(self) -> str:
        return "Swapboard"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a new passkey is called until somebody says better."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": "Swapboard"}


class IdentityProviders(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who comes from the identity provider gets the role of their groups, or a no."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        del request, sociallogin
        return True

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        del request, sociallogin
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Weigh the claims at every sign-in, so that a lost group is a lost role."""
        try:
            provisioning.require_issuer(sociallogin.account.extra_data)
        except refusals.Refusal as refusal:
            raise ImmediateHttpResponse(_refuse(request, refusal)) from refusal
        if sociallogin.state.get("process") == "connect":
            return
        claims = _claims(sociallogin.account.extra_data)
        known = sociallogin.user if sociallogin.is_existing else None
        try:
            provisioning.require_admitted(claims, known=known)
        except refusals.Refusal as refusal:
            signals.user_login_failed.send(
                sender=__name__, credentials={}, request=request
            )
            raise ImmediateHttpResponse(_refuse(request, refusal)) from refusal
        if known is not None:
            provisioning.renew(
                user=known,
                claims=claims,
                source_ip=str(request.META.get("REMOTE_ADDR", "")),
            )

    def save_user(
        self, request: HttpRequest, sociallogin: Any, form: Any = None
    ) -> User:
        del form
        claims = _claims(sociallogin.account.extra_data)
        user: User = sociallogin.user
        user.username = claims.name
        user.set_unusable_password()
        sociallogin.save(request)
        provisioning.renew(
            user=user,
            claims=claims,
            source_ip=str(request.META.get("REMOTE_ADDR", "")),
        )
        return user


def _claims(extra: dict[str, Any]) -> provisioning.Claims:
    merged = {**extra.get("id_token", {}), **extra.get("userinfo", {})}
    return provisioning.read_claims(merged or extra)


def _refuse(request: HttpRequest, refusal: refusals.Refusal) -> HttpResponse:
    page = "socialaccount/authentication_error.html"
    return render(request, page, {"said": refusal.detail}, status=403)


def _seal() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(secret: str) -> bytes:
    digest = hashlib.sha256(b"swapboard second factors" + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest)
