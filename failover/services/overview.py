"""All pairs at a glance: how many stand how, and which of them want somebody."""

from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, When
from django.db.models import Value as Constant

from failover.models import Job, Pair
from failover.models.jobs import IS_ACTIVE
from failover.services import queries, standing

STANDINGS = ("not-ready", "unknown", "frozen", "moving", "ready")
# A freeze asks for somebody when it ends soon, and when it seems forgotten.
ENDS_SOON = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=7)
# A check that fails, as JSON writes it in both databases.
FAILS = '"ok": false'


def count_standings(now: datetime) -> dict[str, int]:
    """How many pairs stand how, each counted once, in one query."""
    jobs = Job.objects.filter(IS_ACTIVE, pair=OuterRef("pk"))
    worthless = now - timedelta(seconds=standing.WORTHLESS_S)
    whole = Case(
        When(Exists(jobs), then=Constant("moving")),
        When(_is_frozen(now), then=Constant("frozen")),
        When(
            Q(readiness_at=None) | Q(readiness_at__lt=worthless),
            then=Constant("unknown"),
        ),
        When(_is_told_unready(), then=Constant("not-ready")),
        default=Constant("ready"),
        output_field=CharField(),
    )
    rows = queries.list_pairs().order_by().annotate(standing=whole)
    counted = dict(rows.values_list("standing").annotate(Count("pk")))
    return {name: counted.get(name, 0) for name in STANDINGS}


def list_troubled(now: datetime) -> QuerySet[Pair]:
    """Pairs of which a check fails, that may have drifted, or whose freeze asks."""
    asks = Q(frozen_until__gt=now, frozen_until__lt=now + ENDS_SOON) | Q(
        frozen_until=None, frozen_at__lt=now - FORGOTTEN_AFTER
    )
    wanted = (
        _is_told_unready()
        | Q(readiness__icontains=FAILS)
        | Q(drift_seen_at__isnull=False)
        | (Q(frozen_at__isnull=False) & asks)
    )
    return queries.list_pairs().filter(wanted).order_by("name")


def freeze_asks(pair: Pair, now: datetime) -> str:
    """`ending`, `forgotten`, or nothing where the freeze is as it should be."""
    if pair.frozen_at is None:
        return ""
    if pair.frozen_until is None:
        return "forgotten" if now - pair.frozen_at > FORGOTTEN_AFTER else ""
    return "ending" if now < pair.frozen_until < now + ENDS_SOON else ""


def _is_told_unready() -> Q:
    """Of most the column tells that they are ready; of the others the news are read."""
    return Q(told_ready=False) & Q(readiness_news__is_ready=False)


def _is_frozen(now: datetime) -> Q:
    has_time = Q(frozen_until=None) | Q(frozen_until__gt=now)
    return Q(frozen_at__isnull=False) & has_time
