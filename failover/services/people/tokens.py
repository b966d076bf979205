"""API tokens: `sb_<id>_<secret>`, made once, kept as a digest, weighed at each use."""

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from failover import wiring
from failover.audit import asking
from failover.models import ApiToken, Role, User
from failover.services import access, refusals, telling
from failover.services.access import Actor, Scoped, lesser

PREFIX = "sb"
# Whatever looks like a token of ours, wherever it stands.
TOKEN = re.compile(r"sb_[0-9a-f]{12}_[0-9a-f]{48}")
MOST_DAYS = 90
MOST_NETS = 20
# A token's last use is written at most this often, so that reads stay reads.
LAST_USED_EVERY = timedelta(minutes=1)


def authenticate(raw: str, source_ip: str = "") -> Actor | None:
    """The actor behind the token; None for anything but a live one from its nets."""
    prefix, _, rest = raw.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != PREFIX or not public_id or not raw.isascii() or "\0" in raw:
        return None
    found = ApiToken.objects.select_related("user").filter(public_id=public_id[:16])
    token = found.first()
    # Compared even where there is no such token, so that time tells nothing.
    kept = token.secret_sha256 if token else "0" * 64
    is_right = hmac.compare_digest(_sha256(secret), kept)
    if token is None or not is_right:
        return None
    now = wiring.now()
    if why_refused(token, source_ip=source_ip, now=now):
        return None
    actor = _actor(token, source_ip)
    asking.note_actor(name=actor.name, token_id=actor.token_id)
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_EVERY:
        _note_use(token, now=now, actor=actor)
    return actor


def why_refused(token: ApiToken, *, source_ip: str, now: datetime) -> str:
    """Why the token opens nothing: a word, empty where it does."""
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at <= now:
        return "expired"
    if not token.user.is_active:
        return "owner_disabled"
    if not _comes_from(token.source_nets, source_ip):
        return "foreign_source"
    return ""


def make(
    *,
    user_name: str,
    actor: Actor,
    name: str = "",
    role: str | None = None,
    days: int = MOST_DAYS,
    source_nets: Sequence[str] = (),
) -> str:
    """A new token, said this once; the role is the user's unless a lesser is given.

    For oneself, or as an administrator for others; never by a token, which would
    outlive itself. Raises Forbidden, ConfirmIdentity, NotFound, Invalid.
    """
    user = _require_owner(user_name, actor)
    public_id, secret = secrets.token_hex(6), secrets.token_hex(24)
    now = wiring.now()
    row = ApiToken(
        public_id=public_id,
        secret_sha256=_sha256(secret),
        user=user,
        name=name[:64],
        role=_role(user, role),
        source_nets=_nets(source_nets),
        made_by=actor.name[:150],
        created_at=now,
        expires_at=now + timedelta(days=_days(days)),
    )
    with transaction.atomic():
        row.save(force_insert=True)
        after = {
            "user": user_name,
            "role": row.role,
            "days": days,
            "name": row.name,
            "source_nets": row.source_nets,
        }
        telling.record(actor, "token.create", f"token/{public_id}", after=after)
    return f"{PREFIX}_{public_id}_{secret}"


def list_for(actor: Actor) -> QuerySet[ApiToken]:
    """One's own tokens, and all for an administrator; the newest first."""
    rows = ApiToken.objects.select_related("user").order_by("-created_at", "-pk")
    if actor.may_everywhere(Role.ADMIN.value):
        return rows
    return rows.filter(user_id=actor.user_id or 0)


def revoke(*, public_id: str, actor: Actor) -> ApiToken:
    """End the token now; again changes nothing. Raises NotFound, Forbidden."""
    row = list_for(actor).filter(public_id=public_id).first()
    if row is None:
        raise refusals.NotFound(what="token", id=public_id)
    if actor.token_id and actor.token_id != public_id:
        raise refusals.Forbidden(detail="A token can revoke itself, and no other.")
    with transaction.atomic():
        still = ApiToken.objects.filter(pk=row.pk, revoked_at=None)
        if still.update(revoked_at=wiring.now()):
            before = {"user": row.user.get_username(), "role": row.role}
            telling.record(actor, "token.revoke", f"token/{public_id}", before=before)
    row.refresh_from_db()
    return row


def find_maker(public_id: str) -> str:
    """Who made this token; empty where nobody is known."""
    rows = ApiToken.objects.filter(public_id=public_id)
    return rows.values_list("made_by", flat=True).first() or ""


def find_in(text: str) -> str:
    """The public id of a token that stands in the text; empty for none."""
    found = TOKEN.search(text)
    return found.group().split("_")[1] if found else ""


def tell_exposed(*, public_id: str, source_ip: str) -> None:
    """Put on record that a token of ours stood in an address."""
    token = ApiToken.objects.select_related("user").filter(public_id=public_id).first()
    if token is None:
        return
    actor = Actor(
        name=token.user.get_username(),
        role="",
        token_id=public_id,
        source_ip=source_ip,
        trigger="api",
    )
    with transaction.atomic():
        subject = f"token/{public_id}"
        telling.record(actor, "token.exposed", subject, outcome="refused")


def _actor(token: ApiToken, source_ip: str) -> Actor:
    role, grants = access.roles_of(token.user)
    return Actor(
        name=token.user.get_username(),
        user_id=token.user.pk,
        role=lesser(token.role, role),
        grants=tuple(
            Scoped(role=less, account_id=grant.account_id, tag=grant.tag)
            for grant in grants
            if (less := lesser(token.role, grant.role))
        ),
        token_id=token.public_id,
        source_ip=source_ip,
        trigger="api",
    )


def _require_owner(user_name: str, actor: Actor) -> User:
    if actor.token_id:
        raise refusals.Forbidden(detail="A token cannot make tokens. Sign in for that.")
    if actor.name != user_name or actor.trigger == "cli":
        access.require_everywhere(actor, Role.ADMIN.value)
    if not actor.is_fresh:
        raise refusals.ConfirmIdentity
    user = User.objects.filter(username=user_name, is_active=True).first()
    if user is None:
        raise refusals.NotFound(what="user", id=user_name)
    return user


def _role(user: User, wanted: str | None) -> str:
    everywhere, grants = access.roles_of(user)
    best = access.highest(everywhere, *(grant.role for grant in grants))
    chosen = wanted or best
    if not chosen or lesser(chosen, best) != chosen:
        said = f"{user.get_username()} has the role {best or 'of nobody'}."
        raise refusals.Invalid(errors={"role": [said]})
    return chosen


def _days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise refusals.Invalid(errors={"days": [f"Between 1 and {MOST_DAYS}."]})
    return days


def _nets(texts: Sequence[str]) -> list[str]:
    if len(texts) > MOST_NETS:
        raise refusals.Invalid(errors={"source_nets": [f"At most {MOST_NETS}."]})
    try:
        return [str(ipaddress.ip_network(text.strip())) for text in texts]
    except ValueError as error:
        said = f"A network such as 10.0.0.0/8: {error}."
        raise refusals.Invalid(errors={"source_nets": [said]}) from error


def _comes_from(nets: Sequence[str], source_ip: str) -> bool:
    if not nets:
        return True
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    known = [ipaddress.ip_network(net) for net in nets]
    return any((mapped or address) in net for net in known)


def _note_use(token: ApiToken, *, now: datetime, actor: Actor) -> None:
    """Keep the last use, and tell of the first one of each day."""
    last = token.last_used_at
    with transaction.atomic():
        ApiToken.objects.filter(id=token.pk).update(last_used_at=now)
        if last is None or last.date() < now.date():
            telling.record(actor, "token.use", f"token/{token.public_id}")


def _sha256(secret: str) -> str:
    # The secret has 192 random bits: a slow digest would add nothing (ASVS 11.4.1).
    return hashlib.sha256(secret.encode()).hexdigest()
