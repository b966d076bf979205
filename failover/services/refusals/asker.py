"""Who asks: nobody known, somebody who may not, or who must show who they are."""

from failover.services.refusals.refusal import Refusal


class Anonymous(Refusal):
    """Nobody known is asking."""

    code = "anonymous"
    status = 401


class Forbidden(Refusal):
    """Somebody is asking who may not."""

    code = "forbidden"
    status = 403

    def __init__(self, *, role: str = "", detail: str = "") -> None:
        super().__init__(detail=detail or f"This needs the role {role}.")


class ConfirmIdentity(Refusal):
    """A person must show once more who they are; a session may have been stolen."""

    code = "confirm_identity"
    status = 403
