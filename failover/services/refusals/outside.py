"""What we rest on does not answer: EC2, or the database."""

from failover.services import words
from failover.services.refusals.refusal import Refusal


class Ec2Unreachable(Refusal):
    """EC2 did not answer, or only with errors of its own."""

    code = "ec2_unreachable"
    status = 503

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class Ec2ReadRefused(Ec2Unreachable):
    """EC2 answered, and the answer is that we may not look."""

    @property
    def title(self) -> str:
        return words.title("ec2_refused")

    @property
    def detail(self) -> str:
        return words.detail("ec2_refused", self.fields)


class Unavailable(Refusal):
    """The database did not answer; with the same key one may ask again."""

    code = "unavailable"
    status = 503
