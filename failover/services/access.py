"""Who is asking and what they may do: users, tokens, roles. Deny is the default."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from failover import audit, wiring
from failover.models import ApiToken, Role, User
from failover.services import refusals

RANKS = {role: rank for rank, role in enumerate(Role.values)}
TOKEN_PREFIX = "sb"  # noqa: S105 - the public prefix of every token.
MOST_DAYS = 90
# Writing at each use would make every read a write.
LAST_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, for permission and audit. `trigger` is the job's."""

    name: str
    role: str
    trigger: str
    user_id: int | None = None
    token_id: str = ""
    source_ip: str = ""


def may(actor: Actor, role: str) -> bool:
    """Whether the actor's role contains `role`; an unknown role contains nothing."""
    return actor.role in RANKS and RANKS[actor.role] >= RANKS[role]


def require(actor: Actor, role: str) -> None:
    """Raises Forbidden unless the actor's role contains `role`."""
    if not may(actor, role):
        raise refusals.Forbidden(f"This needs the role {role}; yours is {actor.role}.")


def lesser(one: str, other: str) -> str:
    """The role that both contain; empty if either is none."""
    if one not in RANKS or other not in RANKS:
        return ""
    return min(one, other, key=RANKS.__getitem__)


def create_user(*, name: str, role: str, password: str | None, actor: Actor) -> str:
    """Create or change a user; its password, made here when none is given.

    Raises Invalid for a name or password that is not acceptable.
    """
    require(actor, Role.ADMIN)
    made = password if password is not None else secrets.token_urlsafe(18)
    with transaction.atomic():
        user = User.objects.filter(username=name).first() or User(username=name)
        before = {"role": user.role} if user.pk else None
        user.role = role
        user.is_active = True
        user.set_password(made)
        try:
            user.full_clean(exclude=["password"])
            validate_password(made, user)
        except ValidationError as error:
            raise refusals.Invalid({"user": error.messages}) from error
        user.save()
        audit.record(
            at=wiring.now(),
            actor=actor.name,
            source_ip=actor.source_ip,
            action="user.set",
            subject=f"user/{name}",
            outcome="ok",
            before=before,
            after={"role": role},
        )
    return made


def make_token(
    *, user_name: str, name: str, role: str | None, days: int, actor: Actor
) -> str:
    """A new token, shown this once. Raises NotFound, Invalid."""
    require(actor, Role.ADMIN)
    user = User.objects.filter(username=user_name, is_active=True).first()
    if user is None:
        raise refusals.NotFound(f"There is no user {user_name}.")
    if not 1 <= days <= MOST_DAYS:
        raise refusals.Invalid({"days": [f"Between 1 and {MOST_DAYS}."]})
    granted = lesser(role or user.role, user.role)
    if not granted or (role and granted != role):
        raise refusals.Invalid(
            {"role": [f"{user_name} is only {user.role or 'none'}."]}
        )
    public_id, secret = secrets.token_hex(6), secrets.token_urlsafe(24)
    now = wiring.now()
    with transaction.atomic():
        ApiToken.objects.create(
            public_id=public_id,
            secret_sha256=_sha256(secret),
            user=user,
            name=name[:64],
            role=granted,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        audit.record(
            at=now,
            actor=actor.name,
            source_ip=actor.source_ip,
            action="token.create",
            subject=f"token/{public_id}",
            outcome="ok",
            after={"user": user_name, "role": granted, "days": days},
        )
    return f"{TOKEN_PREFIX}_{public_id}_{secret}"


def authenticate_token(raw: str, *, source_ip: str) -> Actor | None:
    """Who this token speaks for now; None for anything that is not a live token."""
    prefix, _, rest = raw.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != TOKEN_PREFIX or not public_id or not secret or "\0" in raw:
        return None
    found = ApiToken.objects.filter(public_id=public_id[:16]).select_related("user")
    token = found.first()
    # The digest is compared even for an unknown id: both take the same time.
    known = token.secret_sha256 if token else "0" * 64
    is_right = hmac.compare_digest(known, _sha256(secret))
    if token is None or not is_right:
        return None
    now = wiring.now()
    if token.revoked_at or token.expires_at <= now or not token.user.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_EVERY:
        ApiToken.objects.filter(id=token.pk).update(last_used_at=now)
    return Actor(
        name=token.user.username,
        role=lesser(token.role, token.user.role),
        trigger="api",
        user_id=token.user_id,
        token_id=token.public_id,
        source_ip=source_ip,
    )


def actor_of(user: User, *, trigger: str, source_ip: str) -> Actor:
    """The actor behind a logged-in user."""
    return Actor(
        name=user.username,
        role=user.role if user.is_active else "",
        trigger=trigger,
        user_id=user.pk,
        source_ip=source_ip,
    )


def _sha256(secret: str) -> str:
    # The secret has 192 random bits: a slow digest would add nothing (ASVS 11.4.1).
    return hashlib.sha256(secret.encode()).hexdigest()
