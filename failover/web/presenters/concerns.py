"""What needs a human now, the worst first, and how pairs stand as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from failover.services.notices import Silence
from failover.web.presenters import frame, pairs, timing
from failover.web.presenters.badges import Badge, Tone, make
from failover.web.presenters.jobs import JobRow
from failover.web.presenters.pairs import PairRow

# code -> (word, tone of its part of the bar)
STANDINGS: Mapping[str, tuple[str, Tone]] = {
    "not-ready": ("Not ready", "error"),
    "unknown": ("Not known", "warning"),
    "frozen": ("Frozen", "quiet"),
    "moving": ("Moving", "info"),
    "ready": ("Ready", "success"),
}
FREEZES: Mapping[str, tuple[str, str]] = {
    "ending": ("Freeze ends", "Look whether it may be swapped again."),
    "forgotten": ("Frozen for long", "It has no end: is it still meant?"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One line of what needs attention."""

    badge: Badge
    name: str
    href: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the bar of all pairs; `share` in hundredths of its width."""

    code: str
    word: str
    tone: Tone
    count: int
    x: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a newcomer."""

    title: str
    text: str
    is_done: bool
    is_next: bool
    href: str = ""
    action: str = ""


def parked(rows: Sequence[JobRow]) -> list[Concern]:
    return [
        Concern(badge=r.state, name=r.title, href=r.href, text=r.message) for r in rows
    ]


def silent(silence: Silence, now: datetime) -> list[Concern]:
    """Our own processes that nobody sees."""
    return [
        Concern(
            badge=make("Not seen", banner.tone),
            name=banner.code.capitalize(),
            href=reverse("help"),
            text=banner.text,
        )
        for banner in frame.silence_banners(silence, now)
    ]


def unread(ages: Sequence[timing.Age]) -> list[Concern]:
    """Regions that were not read for too long, or cannot be."""
    return [
        Concern(
            badge=make("Cannot be read", "error")
            if age.error
            else make("Stale", "warning"),
            name=age.region,
            href=reverse("interfaces"),
            text=f"{age.text}. {age.error}".strip(),
        )
        for age in ages
        if age.is_stale
    ]


def troubled(rows: Sequence[PairRow]) -> list[Concern]:
    """Drifted pairs, pairs that are not ready, and those with a warning."""
    found = [r for r in rows if r.is_troubled]
    found.sort(key=lambda r: (not r.drift, r.health.tone != "error", r.name))
    return [
        Concern(
            badge=row.sync if row.drift else row.health,
            name=row.name,
            href=row.href,
            text=pairs.trouble(row),
        )
        for row in found
    ]


def freezes(rows: Sequence[tuple[PairRow, str, pairs.Frozen]]) -> list[Concern]:
    """Freezes that end soon, or that somebody may have forgotten."""
    found = []
    for row, code, frozen in rows:
        word, advice = FREEZES[code]
        until = f" {frozen.until.ago}" if frozen.until else ""
        text = f"By {frozen.by}: {frozen.reason}. {advice}"
        found.append(
            Concern(
                badge=make(f"{word}{until}", "warning", "pause-circle"),
                name=row.name,
                href=row.href,
                text=text,
            )
        )
    return found


def parts(counts: Mapping[str, int]) -> list[Part]:
    """The bar of all pairs; what nobody stands for is left out."""
    total, x = sum(counts.values()), 0.0
    found = []
    for code, (word, tone) in STANDINGS.items():
        count = counts.get(code, 0)
        if not count:
            continue
        share = 100.0 * count / total
        found.append(
            Part(
                code=code,
                word=word,
                tone=tone,
                count=count,
                x=f"{x:.2f}",
                share=f"{share:.2f}",
            )
        )
        x += share
    return found


def first_steps(
    *, has_region: bool, is_read: bool, has_pair: bool, is_admin: bool
) -> list[Step]:
    """The way from nothing to the first pair; nothing once it is gone."""
    if has_region and is_read and has_pair:
        return []
    steps = [
        (
            has_region,
            "Add a region",
            "Name a region of an AWS account. Keys are found as boto3 finds them; none"
            " is kept here.",
            reverse("settings-accounts") if is_admin else "",
            "Add a region",
        ),
        (
            has_region and is_read,
            "Let it be read",
            "Interfaces, addresses and instances are read at once, and then again and"
            " again.",
            reverse("interfaces"),
            "See the interfaces",
        ),
        (
            has_pair,
            "Create a pair",
            "Two instances and what moves between them. EC2 is asked whether it can"
            " work before anything is saved.",
            reverse("pair-new") if is_admin else "",
            "Create a pair",
        ),
    ]
    first = next((n for n, step in enumerate(steps) if not step[0]), len(steps))
    return [
        Step(
            title=title,
            text=text,
            is_done=is_done,
            is_next=number == first,
            href=href if number == first else "",
            action=action,
        )
        for number, (is_done, title, text, href, action) in enumerate(steps)
    ]
