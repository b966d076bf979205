"""Who is asking and what they may do: roles, users, API tokens. Deny is the default."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from failover import audit, wiring
from failover.audit import asking
from failover.models import ApiToken, Role, User
from failover.services import refusals

Trigger = Literal["ui", "api", "cli", "auto", "guard", "schedule"]

ROLES: tuple[str, ...] = tuple(Role.values)
TOKEN_PREFIX = "sb"  # noqa: S105 - the public prefix of every token.
MOST_DAYS = 90
# A token's last use is written at most this often, so that reads stay reads.
LAST_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, from where, and with which role at this moment."""

    name: str
    role: str
    user_id: int | None = None
    token_id: str = ""
    source_ip: str = ""
    trigger: Trigger = "ui"

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def pk(self) -> int | None:
        return self.user_id

    def may(self, role: str) -> bool:
        """Whether the actor's role contains `role`; an unknown one contains nothing."""
        if role not in ROLES or self.role not in ROLES:
            return False
        return ROLES.index(self.role) >= ROLES.index(role)


GUARD = Actor(name="guard", role=Role.OPERATOR.value, trigger="guard")


def require(actor: Actor | None, role: str) -> Actor:
    """The actor, if it may. Raises Anonymous or Forbidden."""
    if actor is None:
        raise refusals.Anonymous
    if not actor.may(role):
        raise refusals.Forbidden(role=role)
    return actor


def actor_for(user: User, *, source_ip: str = "", trigger: Trigger = "ui") -> Actor:
    """The actor that a signed-in user is."""
    return Actor(
        name=user.get_username(),
        user_id=user.pk,
        role=user.role if user.is_active else "",
        source_ip=source_ip,
        trigger=trigger,
    )


def authenticate_token(raw: str, source_ip: str = "") -> Actor | None:
    """The actor behind `sb_<id>_<secret>`, or None for anything but a live token."""
    prefix, _, rest = raw.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != TOKEN_PREFIX or not public_id or not raw.isascii() or "\0" in raw:
        return None
    found = ApiToken.objects.select_related("user").filter(public_id=public_id[:16])
    token = found.first()
    # Compared even where there is no such token, so that time tells nothing.
    kept = token.secret_sha256 if token else "0" * 64
    is_right = hmac.compare_digest(_sha256(secret), kept)
    now = wiring.now()
    if token is None or not is_right or not _is_live(token, now=now):
        return None
    asking.note_actor(name=token.user.get_username(), token_id=token.public_id)
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_EVERY:
        _note_use(token, now=now, source_ip=source_ip)
    return Actor(
        name=token.user.get_username(),
        user_id=token.user.pk,
        role=lesser(token.role, token.user.role),
        token_id=token.public_id,
        source_ip=source_ip,
        trigger="api",
    )


def make_token(
    *,
    user_name: str,
    actor: Actor,
    name: str = "",
    role: str | None = None,
    days: int = MOST_DAYS,
) -> str:
    """A new token, said this once; the role is the user's unless a lesser is given.

    Raises Forbidden, NotFound, Invalid.
    """
    require(actor, Role.ADMIN.value)
    user = User.objects.filter(username=user_name, is_active=True).first()
    if user is None:
        raise refusals.NotFound(what="user", id=user_name)
    wanted = role or user.role
    if not wanted or lesser(wanted, user.role) != wanted:
        said = f"{user_name} has the role {user.role or 'of nobody'}."
        raise refusals.Invalid(errors={"role": [said]})
    if not 1 <= days <= MOST_DAYS:
        raise refusals.Invalid(errors={"days": [f"Between 1 and {MOST_DAYS}."]})
    now = wiring.now()
    public_id, secret = secrets.token_hex(6), secrets.token_hex(24)
    with transaction.atomic():
        ApiToken.objects.create(
            public_id=public_id,
            secret_sha256=_sha256(secret),
            user=user,
            name=name[:64],
            role=wanted,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        audit.record(
            at=now,
            actor=actor.name,
            token=actor.token_id,
            source_ip=actor.source_ip,
            action="token.create",
            subject=f"token/{public_id}",
            outcome="ok",
            after={"user": user_name, "role": wanted, "days": days, "name": name[:64]},
        )
    return f"{TOKEN_PREFIX}_{public_id}_{secret}"


def create_user(*, name: str, role: str, actor: Actor, password: str | None) -> str:
    """Create the user, or set its role and password; the password it has now.

    Without a password one is made. Raises Forbidden, Invalid.
    """
    require(actor, Role.ADMIN.value)
    chosen = password if password is not None else secrets.token_urlsafe(18)
    with transaction.atomic():
        user = User.objects.filter(username=name).first() or User(username=name)
        before = {"role": user.role} if user.pk else None
        user.role = role
        user.is_active = True
        user.set_password(chosen)
        try:
            user.full_clean(exclude=["password"])
            validate_password(chosen, user)
        except ValidationError as error:
            raise refusals.Invalid(errors={"user": error.messages}) from error
        user.save()
        audit.record(
            at=wiring.now(),
            actor=actor.name,
            token=actor.token_id,
            source_ip=actor.source_ip,
            action="user.set",
            subject=f"user/{name}",
            outcome="ok",
            before=before,
            after={"role": role},
        )
    return chosen


def lesser(one: str, other: str) -> str:
    """The role that both contain; empty if either is none."""
    if one not in ROLES or other not in ROLES:
        return ""
    return ROLES[min(ROLES.index(one), ROLES.index(other))]


def _note_use(token: ApiToken, *, now: datetime, source_ip: str) -> None:
    """Keep the last use, and tell of the first one of each day."""
    last = token.last_used_at
    with transaction.atomic():
        ApiToken.objects.filter(id=token.pk).update(last_used_at=now)
        if last is None or last.date() < now.date():
            audit.record(
                at=now,
                actor=token.user.get_username(),
                token=token.public_id,
                source_ip=source_ip,
                action="token.use",
                subject=f"token/{token.public_id}",
                outcome="ok",
            )


def _is_live(token: ApiToken, *, now: datetime) -> bool:
    is_over = token.revoked_at is not None or token.expires_at <= now
    return token.user.is_active and not is_over


def _sha256(secret: str) -> str:
    # The secret has 192 random bits: a slow digest would add nothing (ASVS 11.4.1).
    return hashlib.sha256(secret.encode()).hexdigest()
