"""Times and durations in words; every zone is UTC and says so."""

from dataclasses import dataclass
from datetime import UTC, datetime

STALE_AFTER_S = 60.0
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
    at = at.astimezone(UTC)
    return Moment(
        iso=at.isoformat(timespec="milliseconds"),
        text=f"{at:%Y-%m-%d %H:%M:%S} UTC",
        ago=ago((now - at).total_seconds()),
    )


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


def ago(seconds: float) -> str:
    if seconds < 1:
        return "just now"
    if seconds < MINUTE_S:
        return f"{int(seconds)} s ago"
    if seconds < HOUR_S:
        return f"{int(seconds // MINUTE_S)} min ago"
    if seconds < DAY_S:
        return f"{int(seconds // HOUR_S)} h ago"
    return f"{int(seconds // DAY_S)} d ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How old what the page shows of one region is."""

    region: str
    text: str
    is_stale: bool
    error: str


def age(*, region: str, observed_at: datetime | None, error: str, now: datetime) -> Age:
    if observed_at is None:
        text = f"{region} has not been read yet"
    else:
        text = f"{region} read {ago((now - observed_at).total_seconds())}"
    is_old = observed_at is None or (now - observed_at).total_seconds() > STALE_AFTER_S
    return Age(
        region=region,
        text=text,
        is_stale=is_old or bool(error),
        error=f"The last read failed: {error}" if error else "",
    )
