"""The things that are asked for: not there, there already, changed, or not all."""

from collections.abc import Sequence

from failover.services.refusals.refusal import Conflict, Refusal


class NotAll(Refusal):
    """All or none was asked for, and some cannot be: none was begun."""

    code = "not_all"
    status = 422

    def __init__(self, *, refused: Sequence[tuple[str, Refusal]]) -> None:
        super().__init__(names=", ".join(name for name, _ in refused))
        self.refused = tuple(refused)


class NotFound(Refusal):
    """There is no such thing, or not for this asker."""

    code = "not_found"
    status = 404

    def __init__(self, *, what: str, id: str = "") -> None:
        super().__init__(what=what, id=id[:80])


class Exists(Conflict):
    """The name is taken."""

    code = "exists"

    def __init__(self, *, what: str, id: str) -> None:
        super().__init__(what=what, id=id)


class LastAdmin(Conflict):
    """Nobody would be left who may change roles."""

    code = "last_admin"


class Changed(Refusal):
    """What the asker saw is no longer so."""

    code = "changed"
    status = 412

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)
