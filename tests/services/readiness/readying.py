"""Readiness as the reconciler has it judged, in a time that a test lets pass."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F

from failover import models
from failover.models import AuditEntry, Pair, Region
from failover.models.inventory import Mirrored
from failover.services import queries
from failover.services.readiness import checking, due
from failover.services.views import ReadinessView
from tests.services.world import Sim

HEALTH = "/api/v1/pairs/article/health"
# Plan a fault: the action of EC2, the kind, and what else ec2sim knows of faults.
Faults = Callable[..., None]
STAMPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Pair, ("readiness_at", "readiness_rests_on", "readiness_due_at", "created_at")),
    (Region, ("readiness_begun_at", "synced_at", "observed_at")),
    *(
        (model, ("observed_at", "changed_at", "vanished_at"))
        for model in (
            models.NetworkInterface,
            models.Instance,
            models.ElasticIp,
            models.RouteTable,
        )
    ),
    (models.Job, ("requested_at", "finished_at")),
    (models.Intent, ("intent_at", "sent_at", "ended_at")),
)


def let_pass(seconds: float) -> None:
    """Make all that the database remembers of readiness older by so much."""
    for model, names in STAMPS:
        earlier: dict[str, Any] = {n: F(n) - timedelta(seconds=seconds) for n in names}
        if issubclass(model, Mirrored):
            earlier["observed_began_at"] = F("observed_began_at") - seconds
        model.objects.update(**earlier)
    for pair in Pair.objects.exclude(readiness_news={}):
        news = {k: _older(v, seconds) for k, v in pair.readiness_news.items()}
        Pair.objects.filter(pk=pair.pk).update(readiness_news=news)
    for region in Region.objects.all():
        Region.objects.filter(pk=region.pk).update(
            permissions={
                action: {
                    k: _older(v, seconds) if k in ("at", "tried_at") else v
                    for k, v in verdict.items()
                }
                for action, verdict in region.permissions.items()
            },
            budget=_spent_earlier(region.budget, seconds),
            whole_reads={k: _older(v, seconds) for k, v in region.whole_reads.items()},
        )


def _older(value: Any, seconds: float) -> Any:
    if isinstance(value, list):
        return [_older(v, seconds) for v in value]
    if isinstance(value, bool) or not isinstance(value, int | float) or not value:
        return value
    return value - seconds


def _spent_earlier(kept: dict[str, Any], seconds: float) -> dict[str, Any]:
    at = kept.get("rehearsed_at")
    buckets = {
        key: [level, rate, then - seconds, throttled_at]
        for key, (level, rate, then, throttled_at) in kept.get("buckets", {}).items()
    }
    return {**kept, "rehearsed_at": at and at - seconds, "buckets": buckets}


def judge() -> set[str]:
    """One round of the reconciler's readiness; the names of the pairs it judged."""
    found = due.list_due()
    for pairs in found.values():
        checking.check(pairs)
    return {p.name for pairs in found.values() for p in pairs}


def judge_later(seconds: float = 61.0) -> set[str]:
    """The same, so much later."""
    let_pass(seconds)
    return judge()


def ask() -> None:
    """One round of the reconciler's questions of permission."""
    for region in due.list_regions_to_ask():
        checking.ask(region)


def ask_all() -> None:
    """As many rounds of them as every strategy can need, five seconds apart."""
    for _ in range(5):
        ask()
        let_pass(5.1)


def seen(name: str = "article") -> ReadinessView:
    """The pair's readiness as pages and API show it."""
    return queries.view_pair(queries.get_pair(name)).readiness


def failed(name: str = "article") -> dict[str, str]:
    """The failed checks: code -> severity."""
    return {c.code: c.severity for c in seen(name).checks if not c.ok}


def said(code: str, name: str = "article") -> str:
    """The sentence of a check; "" where there is none."""
    return next((c.detail for c in seen(name).checks if c.code == code), "")


def told(name: str = "article") -> list[str]:
    """What the audit says of the pair's readiness, oldest first."""
    rows = AuditEntry.objects.filter(action="pair.readiness", object=f"pair/{name}")
    return list(rows.order_by("seq").values_list("outcome", flat=True))


def dry_runs(sim: Sim) -> list[str]:
    """The DryRuns that ec2sim has answered, by their actions."""
    answers = ("DryRunOperation", "UnauthorizedOperation")
    return [c["action"] for c in sim.calls() if c["code"] in answers]
