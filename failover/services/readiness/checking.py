"""Preflight run continuously on idle pairs, in batches (protocol P6, P8).

It rests on the inventory, which syncs and watches keep young anyway: so a change of it
is judged at once and for nothing. One look for a region is taken only for those pairs
whose facts were not seen lately.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from failover import audit, wiring
from failover.audit import Entry
from failover.engine import cadence
from failover.engine.budget import Read
from failover.engine.preflight import Check
from failover.engine.topology import Observation
from failover.models import Pair, Region
from failover.models.pairs import Strategy
from failover.services import burnt, facts, floating, refusals, sights, standing
from failover.services.accounts import permissions
from failover.services.facts import Facts
from failover.services.readiness import due, idle_checks
from failover.services.standing import News

log = structlog.get_logger(__name__)

ACTOR = "readiness"
EVERY = timedelta(seconds=60)
# After a look that failed.
AGAIN = timedelta(seconds=15)
# Facts of the mirror that are younger need no look of their own.
FRESH = timedelta(seconds=45)
# A region is judged at most so often, by whichever reconciler.
GAP = timedelta(seconds=2)
CHUNK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was found of one pair; `pair` is as it was read for it."""

    pair: Pair
    checks: tuple[Check, ...]
    rests_on: datetime
    burns: tuple[dict[str, Any], ...]
    # How soon to judge again at the latest.
    every: timedelta

    @property
    def kept(self) -> list[dict[str, Any]]:
        """The checks as the row keeps them."""
        return [
            {"code": c.code, "ok": c.ok, "severity": c.severity, "args": dict(c.args)}
            for c in self.checks
        ]


def check(pairs: Sequence[Pair]) -> None:
    """Judge the pairs, all of one region, and keep what is found.

    A failed look leaves the facts as old as they are, which is said. A crash leaves
    the pairs due.
    """
    now = wiring.now()
    region = Region.objects.select_related("account").get(id=pairs[0].region_id)
    if not _claim(region, now):
        return
    known = facts.read(region=region, pairs=pairs, now=now)
    stale = [p for p in pairs if not _is_fresh(facts.rests_on(p, known), now)]
    looked = _look(region, stale) if stale else None
    if looked is not None:
        known = facts.read(region=region, pairs=pairs, now=now)
    judged = _judge(region, pairs, known, looked, now)
    for start in range(0, len(judged), CHUNK):
        _keep(judged[start : start + CHUNK], now)
    done = {j.pair.pk for j in judged}
    left = [p.pk for p in pairs if p.pk not in done]
    Pair.objects.filter(id__in=left).update(
        readiness_due_at=now + AGAIN, readiness_generation=F("generation")
    )


def ask(region: Region) -> None:
    """Ask EC2 one question of permission for the region's idle pairs, if one is due."""
    permissions.ask(region=region, pairs=list(due.list_idle().filter(region=region)))


# One round.


def _claim(region: Region, now: datetime) -> bool:
    """Take this round; False where another reconciler has just had it."""
    begun = region.readiness_begun_at
    if begun is not None and now - GAP < begun <= now:
        return False
    mine = Region.objects.filter(id=region.pk, readiness_begun_at=begun)
    return bool(mine.update(readiness_begun_at=now))


def _is_fresh(rests_on: datetime | None, now: datetime) -> bool:
    return rests_on is not None and now - rests_on <= FRESH


def _look(region: Region, pairs: Sequence[Pair]) -> Observation | None:
    """Look at what these pairs rest on; None where it must wait or EC2 is silent."""
    store = wiring.store()
    if region.pk in store.budgets.dark_regions():
        # Somebody is out of service there: all of the region's quota is theirs.
        return None
    calls = cadence.reads(len(floating.scope(pairs).interface_ids))
    if not store.spend(
        region_id=region.pk, api=Read.INTERFACES, tokens=float(max(1, calls))
    ):
        return None
    try:
        seen = sights.look_for(region=region, pairs=pairs)
    except refusals.Refusal as refusal:
        log.info("readiness.no_look", region=str(region), why=refusal.detail)
        return None
    sights.keep(region_id=region.pk, seen=seen)
    return seen


def _judge(
    region: Region,
    pairs: Sequence[Pair],
    known: Facts,
    looked: Observation | None,
    now: datetime,
) -> list[Judged]:
    allowed = permissions.learn(region=region, strategies={p.strategy for p in pairs})
    reserved = idle_checks.reserve(region)
    burns = burnt.find([p for p in pairs if p.strategy == Strategy.ENI], known.seen)
    judged = []
    for pair in pairs:
        rests_on = facts.rests_on(pair, known) or _absent(pair, looked, now)
        if rests_on is None:
            # Part of it was never seen, and nobody can say whether it exists.
            continue
        pair.needs_start_stop = [b.as_kept() for b in burns.get(pair.pk, ())]
        checks = idle_checks.list_checks(
            pair=pair, known=known, allowed=allowed, reserved=reserved, now=now
        )
        judged.append(
            Judged(
                pair=pair,
                checks=tuple(checks),
                rests_on=rests_on,
                burns=tuple(pair.needs_start_stop),
                every=EVERY if _is_fresh(rests_on, now) else AGAIN,
            )
        )
    return judged


def _absent(pair: Pair, looked: Observation | None, now: datetime) -> datetime | None:
    """What a look just taken leaves out does not exist, unless a zone hid it."""
    if looked is None:
        return None
    is_covered = looked.scope.instance_ids.issuperset(floating.instances_of(pair))
    return now if is_covered else None


# What is kept and told.


def _keep(judged: Sequence[Judged], now: datetime) -> None:
    """Write the rows in one order, then the audit, in one transaction."""
    by_id = {j.pair.pk: j for j in judged}
    told: list[Entry] = []
    same: dict[tuple[datetime, datetime], list[int]] = {}
    with transaction.atomic():
        rows = Pair.objects.select_for_update(no_key=True).filter(id__in=by_id)
        for row in rows.order_by("pk"):
            one = by_id[row.pk]
            before = standing.read_news(row)
            news, entry = _hear(one, before, now)
            due_at = _due_at(news, now, one.every)
            if entry is not None:
                told.append(entry)
            if _is_same(row, one) and news == before:
                same.setdefault((one.rests_on, due_at), []).append(row.pk)
                continue
            Pair.objects.filter(id=row.pk).update(
                readiness=one.kept,
                readiness_at=now,
                readiness_generation=one.pair.generation,
                readiness_rests_on=one.rests_on,
                readiness_due_at=due_at,
                readiness_news=news.as_kept(),
                needs_start_stop=list(one.burns),
            )
        for (rests_on, due_at), ids in same.items():
            Pair.objects.filter(id__in=ids).update(
                readiness_at=now, readiness_rests_on=rests_on, readiness_due_at=due_at
            )
        audit.record_all(told)


def _is_same(row: Pair, one: Judged) -> bool:
    return (
        row.readiness == one.kept
        and row.readiness_generation == one.pair.generation
        and row.needs_start_stop == list(one.burns)
    )


def _due_at(news: News, now: datetime, every: timedelta) -> datetime:
    soon = news.due_at(now.timestamp())
    if soon is None:
        return now + every
    return min(now + every, datetime.fromtimestamp(soon, tz=now.tzinfo))


def _hear(one: Judged, before: News, now: datetime) -> tuple[News, Entry | None]:
    """The news, and what the audit says of them once they have lasted."""
    age = standing.check_age(rests_on=one.rests_on, judged_at=now, now=now)
    checks = (*one.checks, age)
    is_ready = standing.is_ready(checks)
    news, is_told = before.hear(is_ready=is_ready, now=now.timestamp())
    if not is_told:
        return news, None
    failed = standing.failures(checks)
    said = [standing.as_view(c, one.pair.strategy).detail for c in failed]
    outcome = "ready" if is_ready else "not_ready"
    tell = log.info if is_ready else log.warning
    tell("pair.readiness", pair=one.pair.name, outcome=outcome, why=said)
    return news, Entry(
        at=now,
        actor=ACTOR,
        action="pair.readiness",
        subject=f"pair/{one.pair.name}",
        outcome=outcome,
        before={"ready": before.is_ready},
        after={"ready": is_ready, "failed": [c.code for c in failed]},
        reason=" ".join(said),
    )
