"""The ways a call can end badly, as the caller of EC2 sees them."""

from typing import Any

# Codes whose HTTP status is not 400: the API reference's "Common client error codes"
# and "Server error codes", and STS's own.
STATUS = {
    "AccessDenied": 403,
    "AuthFailure": 401,
    "DryRunOperation": 412,
    "EC2ThrottledException": 503,
    "InsufficientAddressCapacity": 503,
    "InsufficientInstanceCapacity": 500,
    "InternalError": 500,
    "InternalFailure": 500,
    "InvalidClientTokenId": 403,
    "MethodNotAllowed": 405,
    "MissingAuthenticationToken": 403,
    "OptInRequired": 401,
    "RequestEntityTooLarge": 413,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "Unavailable": 503,
    "UnauthorizedOperation": 403,
}
THROTTLED = ("RequestLimitExceeded", "EC2ThrottledException")


class Ec2Error(Exception):
    """EC2 answers with an error code and a message; `status` is the HTTP status."""

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = STATUS.get(code, 400) if status is None else status


class ReplyLost(Exception):
    """The connection closes without a reply; the effect may have happened."""


class ReplyBare(ReplyLost):
    """Something between answers an HTTP status, without EC2's body."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class ReplyGarbled(ReplyLost):
    """The reply arrives cut short; `outcome` is the reply, or the Ec2Error, it was."""

    def __init__(self, outcome: Any) -> None:
        super().__init__("cut short")
        self.outcome = outcome


class ReplyNever(Exception):
    """The connection stays open and silent until the caller gives up."""


class ReplySlow(ReplyNever):
    """The reply comes at `due_at`, seconds since 1970 of the simulated clock.

    `outcome` is the reply, or the Ec2Error, that it will be. A caller whose patience
    ends before that has met a reply that never came.
    """

    def __init__(self, due_at: float, outcome: Any) -> None:
        super().__init__(f"at {due_at}")
        self.due_at = due_at
        self.outcome = outcome
