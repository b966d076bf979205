"""Actions: in the list, and one with what it asked of EC2 and what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from failover.services import act_words
from failover.services.acts.showing import ActionView
from failover.web.presenters import badges, texts, timing
from failover.web.presenters.badges import Badge
from failover.web.presenters.timing import Moment

BADGES: Mapping[str, Badge] = {
    "sent": badges.make("Sent", "busy"),
    "progressing": badges.make("Progressing", "busy"),
    "done": badges.make("Done", "success"),
    "refused": badges.make("Refused", "error"),
    "unknown": badges.make("Unknown", "warning"),
}
# Which ids have pages of their own.
PAGES = {"eni-": "interface", "i-": "instance", "eipalloc-": "elastic-ip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An id, with the address of its page if it has one."""

    id: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """One action as pages show it; `rev` changes when anything of it does."""

    id: str
    href: str
    title: str
    state: Badge
    about: Thing
    made: tuple[Thing, ...]
    requested: Moment | None
    finished: Moment | None
    duration: str
    trigger: str
    running_s: float | None
    before: str
    after: str
    rev: str


def row(seen: ActionView, *, now: datetime) -> ActionRow:
    """The action with its words."""
    end = seen.finished_at or now
    lasted_s = (end - seen.requested_at).total_seconds()
    _, _, subject = seen.resource.rpartition("/")
    return ActionRow(
        id=str(seen.id),
        href=reverse("action", args=[seen.id]),
        title=title(seen),
        state=BADGES[seen.state],
        about=thing(subject),
        made=tuple(thing(id) for id in seen.made),
        requested=timing.moment(seen.requested_at, now),
        finished=timing.moment(seen.finished_at, now),
        duration=timing.duration(lasted_s),
        trigger=texts.trigger(seen.trigger),
        running_s=lasted_s if seen.is_open else None,
        before=_pretty(seen.before),
        after=_pretty(seen.after),
        rev=f"{seen.state}-{'open' if seen.is_open else 'over'}-{len(seen.made)}",
    )


def title(seen: ActionView) -> str:
    """What it does, or has done."""
    word = act_words.did if seen.state == "done" else act_words.doing
    return word(seen.kind)


def thing(id: str) -> Thing:
    """An id with its page."""
    for prefix, name in PAGES.items():
        if id.startswith(prefix):
            return Thing(id=id, href=reverse(name, args=[id]))
    return Thing(id=id, href="")


def _pretty(shown: Mapping[str, Any] | None) -> str:
    return json.dumps(shown, indent=2, ensure_ascii=False) if shown else ""
