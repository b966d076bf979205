"""Times and durations in words. A time is shown in the page's zone and names it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

STALE_AFTER_S = 60.0
# The ages of more regions than these are summed up.
MOST_AGES = 3
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One time, for `<time datetime>`: exact, readable, and how long ago."""

    iso: str
    text: str
    ago: str


def parse(at: datetime | str | None) -> datetime | None:
    """A time as the services give it: aware, or written as RFC 3339."""
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def moment(at: datetime | None, now: datetime) -> Moment | None:
    if at is None:
        return None
    return Moment(
        iso=at.astimezone(UTC).isoformat(timespec="milliseconds"),
        text=written(at),
        ago=ago((now - at).total_seconds()),
    )


def written(at: datetime) -> str:
    """`2026-11-29 09:20:11 CET`: in the zone of the page, which it names."""
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d %H:%M:%S} {zone_of(local)}"


def zone_of(local: datetime) -> str:
    """The zone's short name; `UTC+05:45` where it has none."""
    name = local.tzname() or "UTC"
    return f"UTC{name[:3]}:{name[3:] or '00'}" if name[0] in "+-" else name


def duration(seconds: float | None) -> str:
    """`0.31 s`, `6.8 s`, `2 min 5 s`; empty when unknown."""
    if seconds is None:
        return ""
    seconds = max(0.0, seconds)
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < MINUTE_S:
        return f"{seconds:.1f} s"
    if seconds < HOUR_S:
        return f"{int(seconds // MINUTE_S)} min {int(seconds % MINUTE_S)} s"
    return f"{int(seconds // HOUR_S)} h {int(seconds % HOUR_S // MINUTE_S)} min"


def rough(seconds: float) -> str:
    """A round duration as the scale of a chart has it: `5 s`, `0.5 s`, `2 min`."""
    if seconds < MINUTE_S:
        return f"{seconds:g} s"
    return f"{seconds / MINUTE_S:.3g} min"


def ago(seconds: float) -> str:
    if seconds <= -MINUTE_S:
        return until(-seconds)
    if seconds < 1:
        return "just now"
    if seconds < MINUTE_S:
        return f"{int(seconds)} s ago"
    if seconds < HOUR_S:
        return f"{int(seconds // MINUTE_S)} min ago"
    if seconds < DAY_S:
        return f"{int(seconds // HOUR_S)} h ago"
    return f"{int(seconds // DAY_S)} d ago"


def until(seconds: float) -> str:
    """How far ahead something is."""
    if seconds < HOUR_S:
        return f"in {max(1, int(seconds // MINUTE_S))} min"
    if seconds < DAY_S:
        return f"in {int(seconds // HOUR_S)} h"
    return f"in {int(seconds // DAY_S)} d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How old what the page shows of one region is."""

    region: str
    text: str
    # The same without the region's name.
    short: str
    is_stale: bool
    error: str
    # None while it has not been read.
    seconds: float | None = None


def few(ages: Sequence[Age]) -> list[Age]:
    """The same for the head of a page: of many regions a sum, and what is wrong."""
    if len(ages) <= MOST_AGES:
        return list(ages)
    failed = [one for one in ages if one.error]
    unread = sum(one.seconds is None for one in ages)
    read = [one for one in ages if one.seconds is not None]
    text = f"{len(ages)} regions"
    is_stale = bool(unread)
    if read:
        oldest = max(read, key=lambda one: one.seconds or 0.0)
        text = f"{text}, the oldest {oldest.short} ({oldest.region})"
        is_stale = is_stale or oldest.is_stale
    if unread:
        text = f"{text}, {unread} not read yet"
    if len(failed) > MOST_AGES:
        text = f"{text}, {len(failed)} cannot be read"
    total = Age(region="", text=text, short=text, is_stale=is_stale, error="")
    return [total, *failed[:MOST_AGES]]


def age(
    *,
    region: str,
    observed_at: datetime | None,
    error: str,
    now: datetime,
    next_try_at: datetime | None = None,
) -> Age:
    """`next_try_at`: when it is read again after an error, if that is known."""
    if observed_at is None:
        text, short = f"{region} has not been read yet", "not read yet"
    else:
        short = f"read {ago((now - observed_at).total_seconds())}"
        text = f"{region} {short}"
    seconds = None if observed_at is None else (now - observed_at).total_seconds()
    is_old = seconds is None or seconds > STALE_AFTER_S
    return Age(
        region=region,
        text=text,
        short=short,
        is_stale=is_old or bool(error),
        error=_failed(error, next_try_at, now) if error else "",
        seconds=seconds,
    )


def _failed(error: str, next_try_at: datetime | None, now: datetime) -> str:
    said = f"The last read failed: {error.rstrip('.')}."
    wait_s = (next_try_at - now).total_seconds() if next_try_at else 0.0
    return f"{said} Next try in {duration(wait_s)}." if wait_s > 0 else said
