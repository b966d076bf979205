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
    detail, lines = refusal.detail, tuple(changes)
    extra = refusal.extra
    if checks := extra.get("checks"):
        detail = "Nothing was started. What stands in the way:"
        lines += tuple(c["detail"] for c in checks if not c["ok"])
    if errors := extra.get("errors"):
        detail = ""
        lines += tuple(f"{name}: {' '.join(said)}" for name, said in errors.items())
    job_id = extra.get("job")
    return RefusalView(
        title=refusal.title,
        detail=detail,
        lines=lines,
        job_href=reverse("job", args=[job_id]) if job_id else "",
    )
