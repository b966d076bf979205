"""How ready a pair is at this moment: the last preflight, and what has passed since.

The row keeps what was judged. Whether the pair is frozen, a job is at work on it, or
all that is known has grown old is said anew whenever somebody asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from failover.engine.preflight import Check
from failover.models import Pair
from failover.services import holders, words
from failover.services.views import CheckView, ReadinessView

# Facts of this age are doubtful, and of that age nobody may rely on them.
DOUBTFUL_S = 180.0
WORTHLESS_S = 300.0
# Said anew each time, so never read from the row.
LIVE = frozenset({"frozen", "job_active", "inventory_age"})

# A verdict is told once it has lasted; each one told within so many seconds makes the
# next wait four times as long: a pair that flaps is no stream of alarms.
RECENT_S = 6 * 3600.0
FIRST_HOLD_S = 5.0
MOST_HOLD_S = 600.0
HOLD_FACTOR = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was last told of a pair, and the other verdict that may follow.

    Times are POSIX seconds. `is_ready` None: nothing was told yet. `since` is when
    the verdict that was told began, `other_since` when the opposite one did.
    """

    is_ready: bool | None = None
    since: float = 0.0
    other_since: float | None = None
    told_at: tuple[float, ...] = ()

    def hold_s(self, now: float) -> float:
        """How long the opposite verdict must last before it is told."""
        recent = sum(now - at < RECENT_S for at in self.told_at)
        return float(min(MOST_HOLD_S, FIRST_HOLD_S * HOLD_FACTOR**recent))

    def due_at(self, now: float) -> float | None:
        """When to look again whether the opposite verdict has lasted."""
        if self.other_since is None:
            return None
        return self.other_since + self.hold_s(now)

    def hear(self, *, is_ready: bool, now: float) -> tuple["News", bool]:
        """What is known after one more verdict, and whether it is to be told."""
        if self.is_ready is None:
            return News(is_ready=is_ready, since=now), not is_ready
        if is_ready == self.is_ready:
            return self._with(other_since=None), False
        since = now if self.other_since is None else self.other_since
        if now - since < self.hold_s(now):
            return self._with(other_since=since), False
        told_at = (*(at for at in self.told_at if now - at < RECENT_S), now)
        return News(is_ready=is_ready, since=since, told_at=told_at), True

    def _with(self, *, other_since: float | None) -> "News":
        return News(
            is_ready=self.is_ready,
            since=self.since,
            other_since=other_since,
            told_at=self.told_at,
        )

    def as_kept(self) -> dict[str, Any]:
        """As the pair's row keeps it."""
        return {
            "is_ready": self.is_ready,
            "since": self.since,
            "other_since": self.other_since,
            "told_at": list(self.told_at),
        }


def read_news(pair: Pair) -> News:
    """What the row keeps."""
    kept = dict(pair.readiness_news)
    return News(**(kept | {"told_at": tuple(kept.get("told_at", ()))}))


def check_age(
    *, rests_on: datetime | None, judged_at: datetime | None, now: datetime
) -> Check:
    """Whether what the verdict rests on is young enough to be relied on."""
    oldest = rests_on or judged_at
    if oldest is None or judged_at is None:
        return Check(code="inventory_age", ok=False, args=(("age_s", "unknown"),))
    age_s = (now - oldest).total_seconds()
    judged_s = (now - judged_at).total_seconds()
    said = (("said", "stale"),) if judged_s > DOUBTFUL_S else ()
    shown = judged_s if said else age_s
    return Check(
        code="inventory_age",
        ok=age_s <= DOUBTFUL_S,
        severity="error" if age_s > WORTHLESS_S else "warning",
        args=(*said, ("age_s", f"{shown:.0f}")),
    )


def list_checks(pair: Pair, *, now: datetime, job_id: UUID | None) -> tuple[Check, ...]:
    """All checks as they are at `now`; none of a pair that was never judged."""
    if pair.readiness_at is None:
        return ()
    kept = [
        Check(
            code=c["code"],
            ok=c["ok"],
            severity=c["severity"],
            args=tuple(dict(c.get("args", {})).items()),
        )
        for c in pair.readiness
        if c["code"] not in LIVE
    ]
    job = (("job", str(job_id)),) if job_id else ()
    age = check_age(
        rests_on=pair.readiness_rests_on, judged_at=pair.readiness_at, now=now
    )
    return (
        *kept,
        age,
        Check(code="frozen", ok=not holders.is_frozen_at(pair, now)),
        Check(code="job_active", ok=job_id is None, args=job),
    )


def is_ready(checks: Sequence[Check]) -> bool:
    """Whether a swap could begin: no error fails. Without checks nobody knows."""
    return bool(checks) and not any(failures(checks))


def failures(checks: Iterable[Check]) -> list[Check]:
    """The checks that stand in the way."""
    return [c for c in checks if not c.ok and c.severity == "error"]


def view(pair: Pair, *, now: datetime, job_id: UUID | None = None) -> ReadinessView:
    """The checks with their sentences; never judged is not ready."""
    checks = list_checks(pair, now=now, job_id=job_id)
    news, ready = read_news(pair), is_ready(checks)
    return ReadinessView(
        ready=ready,
        checks=tuple(as_view(c, pair.strategy) for c in checks),
        checked_at=pair.readiness_at,
        since=holders.stamp(news.since) if news.is_ready == ready else None,
    )


@lru_cache(maxsize=8192)
def as_view(check: Check, strategy: str) -> CheckView:
    """A check with its sentence; most pairs have the same ones, at every poll."""
    args = dict(check.args)
    return CheckView(
        code=check.code,
        ok=check.ok,
        severity=check.severity,
        detail=words.check(check.code, ok=check.ok, args=args, strategy=strategy),
    )
