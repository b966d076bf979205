"""The tokens of pages: opaque to the caller, sealed, and bound to what was asked."""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.state.region import Region

SECRET = secrets.token_bytes(32)
MARK_BYTES = 8
# What may differ between two pages of one listing.
LOOSE = ("NextToken", "MaxResults", "DryRun")


def seal(region: Region, action: str, params: Mapping[str, Any], place: str) -> str:
    """A token for what comes after `place`, good for the same question only."""
    body = _mark(region, action, params) + place.encode()
    check = _digest(b"check" + body)
    return base64.urlsafe_b64encode(check + _masked(body, check)).decode().rstrip("=")


def opened(region: Region, action: str, params: Mapping[str, Any]) -> str | None:
    """The place in the call's NextToken, or None without one.

    Raises Ec2Error: InvalidNextToken for what was never a token, and
    InvalidPaginationToken for the token of another call or of other filters.
    """
    token = params.get("NextToken")
    if not token:
        return None
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise _garbage() from error
    check, masked = sealed[:MARK_BYTES], sealed[MARK_BYTES:]
    body = _masked(masked, check)
    if len(body) < MARK_BYTES or _digest(b"check" + body) != check:
        raise _garbage()
    if body[:MARK_BYTES] != _mark(region, action, params):
        raise Ec2Error(
            "InvalidPaginationToken",
            "The specified pagination token is not valid for this request.",
        )
    return body[MARK_BYTES:].decode()


def _garbage() -> Ec2Error:
    return Ec2Error("InvalidNextToken", "The specified nextToken is not valid.")


def _mark(region: Region, action: str, params: Mapping[str, Any]) -> bytes:
    """What a token belongs to: account, region, call, and everything asked of it."""
    asked = {name: params[name] for name in sorted(params) if name not in LOOSE}
    whole = [region.account_id, region.name, action, asked]
    return _digest(json.dumps(whole, default=str).encode())


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, key=SECRET, digest_size=MARK_BYTES).digest()


def _masked(body: bytes, check: bytes) -> bytes:
    """The body made unreadable, or readable again."""
    stream = hashlib.shake_128(SECRET + check).digest(len(body))
    return bytes(one ^ other for one, other in zip(body, stream, strict=True))
