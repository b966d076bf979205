"""Sign-ins, sign-outs and failures, as Django tells of them, put into the audit.

Django's signals are the one place that every way of signing in passes: forms, second
factors, identity providers. A sign-in that cannot be recorded raises, and so fails.
"""

from typing import Any

from django.contrib.auth import signals
from django.db import transaction
from django.http import HttpRequest

from failover import audit, wiring
from failover.audit import asking
from failover.models import User

NOBODY = "user/unknown"


def connect() -> None:
    """Listen from now on; told twice it listens once."""
    for signal, listener in (
        (signals.user_logged_in, signed_in),
        (signals.user_logged_out, signed_out),
        (signals.user_login_failed, failed_to_sign_in),
    ):
        signal.connect(listener, dispatch_uid=f"audit.{listener.__name__}")


def signed_in(*, request: HttpRequest | None, user: User, **_: Any) -> None:
    """Somebody is in."""
    _record(request, user, "user.login")


def signed_out(*, request: HttpRequest | None, user: User | None, **_: Any) -> None:
    """Somebody has left; a stranger who leaves was never in."""
    if user is not None:
        _record(request, user, "user.logout")


def failed_to_sign_in(*, credentials: dict[str, Any], **_: Any) -> None:
    """A wrong password, or a name that nobody has; who answers the request records it.

    A name that nobody has is not kept: it may be a password in the wrong field.
    """
    name = credentials.get("username") or credentials.get("email") or ""
    known = User.objects.filter(username=str(name)[:150].replace("\0", "")).first()
    asking.note_refusal(code="bad_credentials", detail="")
    asking.note_subject(f"user/{known.get_username()}" if known else NOBODY)


def _record(request: HttpRequest | None, user: User, action: str) -> None:
    name = user.get_username()
    with transaction.atomic():
        audit.record(
            at=wiring.now(),
            actor=name,
            source_ip=str(request.META.get("REMOTE_ADDR", "")) if request else "",
            action=action,
            subject=f"user/{name}",
            outcome="ok",
            after={"role": user.role},
        )
