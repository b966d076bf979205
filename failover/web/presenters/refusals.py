"""A refusal as the page says it, in place."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from failover.services import refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """Title, sentence, what failed line by line, and the job in the way."""

    title: str
    detail: str = ""
    lines: tuple[str, ...] = ()
    job_href: str = ""


def view(refusal: refusals.Refusal, *, changes: Sequence[str] = ()) -> RefusalView:
    """`changes` says what is different from what the asker saw before."""
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
    return RefusalView(
        title=refusal.title, detail=detail, lines=lines, job_href=job_href
    )
