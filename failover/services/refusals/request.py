"""The request itself: it cannot be read, is not valid, comes too often or twice."""

from collections.abc import Mapping, Sequence

from failover.services.refusals.refusal import Conflict, Refusal


class Malformed(Refusal):
    """The body or the address cannot be read at all."""

    code = "malformed"

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class Invalid(Refusal):
    """Fields that can be read, but not accepted; `errors` says which."""

    code = "invalid"

    def __init__(self, *, errors: Mapping[str, Sequence[str]]) -> None:
        said = " ".join(f"{k}: {' '.join(v)}" for k, v in errors.items())
        super().__init__(errors=errors, detail=said)
        self.errors = errors

    @property
    def extra(self) -> dict[str, object]:
        return {"errors": {name: list(said) for name, said in self.errors.items()}}


class TokenInAddress(Refusal):
    """A token came in an address, where everything on the way has written it down."""

    code = "token_in_address"


class InClear(Refusal):
    """A program came without TLS, and its token with it."""

    code = "in_clear"
    status = 403


class AmbiguousAccount(Refusal):
    """The region is managed in several accounts, and none was named."""

    code = "ambiguous_account"

    def __init__(self, *, region: str) -> None:
        super().__init__(region=region)


class KeyReused(Conflict):
    """The idempotency key came with another body before."""

    code = "key_reused"


class InProgress(Conflict):
    """The request with this key is still at work."""

    code = "in_progress"


class Throttled(Refusal):
    """Too many calls in a minute; `what` are those that were counted."""

    code = "throttled"
    status = 429

    def __init__(self, *, what: str, most: int, retry_after_s: int) -> None:
        super().__init__(what=what, most=most, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s
