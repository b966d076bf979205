"""What every refusal is: a code, an HTTP status and fields; `words` says it."""

import json
from collections.abc import Mapping
from uuid import UUID

from failover.audit import asking
from failover.services import words


class Refusal(Exception):
    """A verb was not done, and nothing has changed because of it."""

    code = "invalid"
    status = 400

    def __init__(self, **fields: object) -> None:
        super().__init__(fields)
        self.fields: Mapping[str, object] = fields
        if asking.current() is not None:
            # Where the answer is recorded only its status is known.
            job = fields.get("job")
            asking.note_refusal(
                code=self.code,
                detail=self.detail,
                job_id=UUID(job) if isinstance(job, str) else None,
            )

    def __str__(self) -> str:
        return self.detail

    @property
    def title(self) -> str:
        return words.title(self.code)

    @property
    def detail(self) -> str:
        return words.detail(self.code, self.fields)

    @property
    def extra(self) -> dict[str, object]:
        """The members that a problem document has beside the standard ones."""
        return {}

    def as_problem(self) -> dict[str, object]:
        """The members of a problem document (RFC 9457)."""
        return {
            "type": f"urn:swapboard:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }

    def to_json(self) -> str:
        """The problem as one line of JSON."""
        return json.dumps(self.as_problem())


class Conflict(Refusal):
    """The state of things does not allow it now."""

    status = 409
