"""Why a bearer token was not let in, for the audit alone: the asker hears only no."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from failover.models import ApiToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`token_id` and `owner` only where the token exists; the owner, if it was his."""

    why: str
    token_id: str = ""
    owner: str = ""


def explain(authorization: str, *, now: datetime) -> Verdict:
    """What is wrong with the header. Nothing of an unknown token is kept."""
    scheme, _, raw = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return Verdict(why="not_a_bearer_token")
    _, _, rest = raw.strip().partition("_")
    public_id, _, secret = rest.partition("_")
    if not public_id or not raw.isascii() or "\0" in raw:
        return Verdict(why="not_a_token")
    found = ApiToken.objects.select_related("user").filter(public_id=public_id[:16])
    token = found.first()
    if token is None:
        return Verdict(why="unknown_token")
    hashed = hashlib.sha256(secret.encode()).hexdigest()
    if not hmac.compare_digest(hashed, token.secret_sha256):
        return Verdict(why="wrong_secret", token_id=token.public_id)
    return Verdict(
        why=_why(token, now=now),
        token_id=token.public_id,
        owner=token.user.get_username(),
    )


def _why(token: ApiToken, *, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at <= now:
        return "expired"
    if not token.user.is_active:
        return "owner_disabled"
    return "not_allowed_here"
