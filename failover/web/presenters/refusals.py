"""A refusal as the page says it, in place."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from failover.services import refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """Title, sentence, what failed line by line, and the job in the way.

    `ec2_code` and `request_id` are EC2's own words of its refusal; `action_href` is
    where the call stands.
    """

    title: str
    detail: str = ""
    lines: tuple[str, ...] = ()
    job_href: str = ""
    ec2_code: str = ""
    request_id: str = ""
    action_href: str = ""


def view(refusal: refusals.Refusal, *, changes: Sequence[str] = ()) -> RefusalView:
    """`changes` says what is different from what the asker saw before.

    Raises ConfirmIdentity: no page says that, `web.access` leads to where it is done.
    """
    if isinstance(refusal, refusals.ConfirmIdentity):
        raise refusal
    detail, lines, job_href = refusal.detail, tuple(changes), ""
    match refusal:
        case refusals.PreflightFailed():
            detail = "Nothing was started. What stands in the way:"
            lines += tuple(c.detail for c in refusal.checks if not c.ok)
        case refusals.Invalid():
            detail = ""
            lines += tuple(f"{k}: {' '.join(v)}" for k, v in refusal.errors.items())
        case refusals.JobActive() | refusals.Final():
            job_href = reverse("job", args=[refusal.job_id])
    said = refusal
    if isinstance(refusal, refusals.ChangedInPart):
        said = refusal.refusal
    ec2_code, request_id, action_href = "", "", ""
    if isinstance(said, refusals.Ec2Said):
        ec2_code, request_id = said.ec2_code, said.aws_request_id
    if isinstance(said, refusals.Ec2Said | refusals.OutcomeUnknown):
        action_href = reverse("action", args=[said.action])
    return RefusalView(
        title=refusal.title,
        detail=detail,
        lines=lines,
        job_href=job_href,
        ec2_code=ec2_code,
        request_id=request_id,
        action_href=action_href,
    )
