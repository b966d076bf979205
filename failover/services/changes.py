"""The read side of changes that nothing of ours has made."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from failover.models import DriftEvent, Region
from failover.services import drift_words, scoping
from failover.services.views import PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftEventView:
    """A change: it happened after `not_before`, and was seen at `seen_at`."""

    id: str
    seen_at: datetime
    not_before: datetime | None
    account: str
    region: str
    resource_type: str
    resource_id: str
    name: str
    change: str
    before: Any
    after: Any
    message: str
    # For pages: both sides in words.
    title: str = field(metadata=PAGE)
    noun: str = field(metadata=PAGE)
    was: str = field(metadata=PAGE)
    is_now: str = field(metadata=PAGE)


def list_drift_events() -> QuerySet[DriftEvent]:
    """Changes that nothing of ours has made."""
    rows = DriftEvent.objects.filter(is_judged=True)
    return scoping.visible(rows).select_related("region__account")


def list_of_resource(*, region: Region, resource_id: str) -> QuerySet[DriftEvent]:
    """Those of one resource, and those that name it, newest first."""
    mine = Q(resource_id=resource_id) | Q(related__contains=f" {resource_id} ")
    found = list_drift_events().filter(mine, region=region)
    return found.order_by("-seen_at", "-id")


def view_drift_events(rows: Iterable[DriftEvent]) -> list[DriftEventView]:
    """Changes with their words."""
    return [
        DriftEventView(
            id=str(row.pk),
            seen_at=row.seen_at,
            not_before=row.before_at,
            account=row.region.account.name,
            region=row.region.name,
            resource_type=row.resource_type,
            resource_id=row.resource_id,
            name=row.name,
            change=row.change,
            before=row.before,
            after=row.after,
            message=drift_words.sentence(row.change, row.before, row.after),
            title=drift_words.title(row.change),
            noun=drift_words.noun(row.resource_type),
            was=drift_words.was(row.change, row.before),
            is_now=drift_words.is_now(row.change, row.after),
        )
        for row in rows
    ]
