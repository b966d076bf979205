"""Why a floating resource is not moved, or a job not called off."""

from collections.abc import Sequence
from uuid import UUID

from failover.services import words
from failover.services.refusals.refusal import Conflict, Refusal
from failover.services.views import CheckView


class JobActive(Conflict):
    """Another job holds the pair, the interface or one of its locks."""

    code = "job_active"

    def __init__(self, *, job_id: UUID) -> None:
        super().__init__(job=str(job_id))
        self.job_id = job_id

    @property
    def extra(self) -> dict[str, object]:
        return {"job": str(self.job_id)}


class AlreadyThere(Conflict):
    """Nothing to move; `holder` is an instance, or a word for lying free."""

    code = "already_there"

    def __init__(self, *, holder: str, strategy: str = "eni") -> None:
        super().__init__(holder=holder, noun=words.noun(strategy))


class BelongsToPair(Conflict):
    """A pair moves this interface; a plain attach or detach would fight it."""

    code = "belongs_to_pair"

    def __init__(self, *, interface: str, pair: str) -> None:
        super().__init__(interface=interface, pair=pair)


class InUse(Conflict):
    """The interface is attached to another instance."""

    code = "in_use"

    def __init__(self, *, interface: str, holder: str) -> None:
        super().__init__(interface=interface, holder=holder)


class MixedHolder(Conflict):
    """Some of the pair's routes lead to one instance, some to the other."""

    code = "mixed_holder"


class NotServed(Conflict):
    """The pair's resource is at neither instance, so nothing can be asked there."""

    code = "not_served"

    def __init__(self, *, strategy: str) -> None:
        super().__init__(noun=words.noun(strategy))


class ForeignHolder(Conflict):
    """Something outside the pair holds the resource."""

    code = "foreign_holder"

    def __init__(self, *, holder: str, strategy: str = "eni") -> None:
        super().__init__(holder=holder, noun=words.noun(strategy))


class NoDesiredHolder(Conflict):
    """There is no instance to put the resource back to."""

    code = "no_desired_holder"


class Final(Conflict):
    """The job has ended."""

    code = "final"

    def __init__(self, *, job_id: UUID, state: str) -> None:
        super().__init__(job=str(job_id), state=state)
        self.job_id = job_id

    @property
    def extra(self) -> dict[str, object]:
        return {"job": str(self.job_id)}


class PreflightFailed(Refusal):
    """Checks that do not pass; `checks` are all of them."""

    code = "preflight"
    status = 422

    def __init__(self, *, checks: Sequence[CheckView]) -> None:
        super().__init__(detail=" ".join(c.detail for c in checks if not c.ok))
        self.checks = tuple(checks)

    @property
    def extra(self) -> dict[str, object]:
        return {"checks": [c.as_fields() for c in self.checks]}
