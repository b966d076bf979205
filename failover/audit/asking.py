"""The request that is being answered: what has been recorded of it, and what refused.

Each thread answers one request at a time; outside of one there is nothing to note.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

# Told of on the way to what was asked, and no record of that.
BESIDE = frozenset({"token.use"})


@dataclass(slots=True, kw_only=True)
class Asking:
    """One request. `rows` counts audit rows that were committed in its course."""

    source_ip: str = ""
    actor: str = ""
    token_id: str = ""
    rows: int = 0
    # What it is about, where the address does not say it.
    subject: str = ""
    # The last refusal that was made: its code, its sentence, the job in the way.
    code: str = ""
    detail: str = ""
    job_id: UUID | None = None
    # Set where an answer given before is only given again.
    is_replayed: bool = False


_asking: ContextVar[Asking | None] = ContextVar("asking", default=None)


@contextmanager
def answering(asked: Asking) -> Iterator[Asking]:
    """Let `asked` be the request at hand of this thread."""
    token = _asking.set(asked)
    try:
        yield asked
    finally:
        _asking.reset(token)


def current() -> Asking | None:
    """The request at hand, if this thread answers one."""
    return _asking.get()


def note_rows(actions: Iterable[str]) -> None:
    """Rows with these actions have been committed."""
    asked = _asking.get()
    if asked is not None:
        asked.rows += sum(1 for action in actions if action not in BESIDE)


def note_refusal(*, code: str, detail: str, job_id: UUID | None = None) -> None:
    """Something said no; the last one to say so is what the asker hears."""
    asked = _asking.get()
    if asked is not None:
        asked.code, asked.detail, asked.job_id = code, detail, job_id


def note_actor(*, name: str, token_id: str) -> None:
    """Who is asking has been found out."""
    asked = _asking.get()
    if asked is not None:
        asked.actor, asked.token_id = name, token_id


def note_replay() -> None:
    """The answer is one that was given before: nothing was done."""
    asked = _asking.get()
    if asked is not None:
        asked.is_replayed = True


def note_subject(subject: str) -> None:
    """What the request is about has been found out."""
    asked = _asking.get()
    if asked is not None:
        asked.subject = subject
