"""The ways a call can end badly, as the caller of EC2 sees them."""

STATUS = {
    "AuthFailure": 401,
    "DryRunOperation": 412,
    "EC2ThrottledException": 503,
    "InsufficientAddressCapacity": 503,
    "InternalError": 500,
    "InternalFailure": 500,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "Unavailable": 503,
    "UnauthorizedOperation": 403,
}


class Ec2Error(Exception):
    """EC2 answers with an error code and a message; `status` is the HTTP status."""

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = STATUS.get(code, 400) if status is None else status


class ReplyLost(Exception):
    """The connection closes without a reply; the effect may have happened."""


class ReplyNever(Exception):
    """The connection stays open and silent until the caller gives up."""
