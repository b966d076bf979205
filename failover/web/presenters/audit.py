"""A row of the audit as a page shows it, and whether the whole can be believed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from failover.models import AuditCheck, AuditEntry
from failover.services import audit_words
from failover.web.presenters import badges, timing
from failover.web.presenters.badges import Badge

# A daily reading that is later than this did not happen.
LATE = timedelta(hours=26)
OUTCOMES: Mapping[str, badges.Tone] = {
    **dict.fromkeys(("ok", "accepted", "succeeded", "whole", "ready"), "success"),
    **dict.fromkeys(("refused", "broken", "missing", "denied"), "error"),
    **dict.fromkeys(("failed", "unknown", "not_ready", "parked"), "warning"),
}
# The page of what a row is about: kind of its object -> URL's name.
PAGES = {
    "pair": "pair",
    "job": "job",
    "network-interface": "interface",
    "instance": "instance",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field before and after; an empty text where there was none."""

    name: str
    before: str
    after: str
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the last reading of the whole chain has shown, as a flash says it."""

    tone: str
    icon: str
    title: str
    text: str
    at: timing.Moment | None = None


def changes(entry: AuditEntry) -> list[Change]:
    """Field by field, those that differ first."""
    before, after = _facts(entry.before), _facts(entry.after)
    names = [*before, *(name for name in after if name not in before)]
    has_both = bool(before) and bool(after)
    found = [
        Change(
            name=name,
            before=_text(before, name),
            after=_text(after, name),
            is_changed=has_both and before.get(name) != after.get(name),
        )
        for name in names
    ]
    return sorted(found, key=lambda change: not change.is_changed)


def outcome(entry: AuditEntry) -> Badge:
    word = entry.outcome.replace("_", " ").capitalize()
    return badges.make(word or "Unknown", OUTCOMES.get(entry.outcome, "info"))


def object_href(entry: AuditEntry) -> str:
    """The page of what the row is about, if there is a kind of page for it."""
    kind, _, name = entry.object.partition("/")
    if kind not in PAGES or not name:
        return ""
    try:
        return reverse(PAGES[kind], args=[name])
    except NoReverseMatch:
        return ""


def rows_href(**fields: str) -> str:
    """The rows with these values of these properties."""
    return f"{reverse('audit')}?{urlencode(fields)}"


def state(check: AuditCheck | None, now: datetime) -> State:
    """Whether the audit is known to be whole, and since when."""
    if check is None:
        return State(
            tone="info",
            icon="information-circle",
            title="Not verified yet.",
            text="The reconciler reads the whole audit once a day.",
        )
    at = timing.moment(check.ended_at, now)
    if not check.is_whole:
        what = audit_words.TITLES.get(check.tampering, "It is not whole")
        return State(
            tone="error",
            icon="x-circle",
            title=f"{what}: row {check.bad_seq}.",
            text="Somebody has tampered with the audit. Compare it with a copy of its"
            " anchors: manage.py verify_audit --anchors FILE.",
            at=at,
        )
    if check.missing_guards:
        return State(
            tone="warning",
            icon="exclamation-triangle",
            title="The audit is whole, but unguarded.",
            text=audit_words.tell_guards(check.missing_guards),
            at=at,
        )
    if check.ended_at is not None and now - check.ended_at > LATE:
        return State(
            tone="warning",
            icon="exclamation-triangle",
            title="The audit was not verified for more than a day.",
            text="The reconciler does it once a day; see that one is running.",
            at=at,
        )
    return State(
        tone="success",
        icon="check-circle",
        title="The audit is whole.",
        text=f"{_counted(check.rows, 'row')} and {_counted(check.anchors, 'anchor')}"
        " were read.",
        at=at,
    )


def _facts(facts: Any) -> Mapping[str, Any]:
    return facts if isinstance(facts, Mapping) else {}


def _text(facts: Mapping[str, Any], name: str) -> str:
    if name not in facts:
        return ""
    value = facts[name]
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value, ensure_ascii=False)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
