"""What a month's swaps have cost, day by day, on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from failover import models
from failover.services import outages
from tests.services.filters.shelf import a_region

# A zone whose day begins at a quarter past six in the evening, UTC.
KATHMANDU = "Asia/Kathmandu"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def swapped(region: models.Region, at: datetime, **columns: Any) -> None:
    """A swap that ended then, after five seconds and a half in the dark."""
    kept = {
        "kind": "swap",
        "state": "succeeded",
        "requested_at": at - timedelta(seconds=9),
        "outage_started_at": at - timedelta(seconds=8.5),
        "restored_at": at - timedelta(seconds=3),
        "finished_at": at,
    }
    models.Job.objects.create(
        region=region,
        trigger="ui",
        pair_name="web",
        requested_by="anna",
        **(kept | columns),
    )


def test_each_day_of_the_readers_zone_has_its_swaps_and_their_outages(
    database: str,
) -> None:
    region = a_region()
    swapped(region, datetime(2026, 11, 28, 18, 14, 59, tzinfo=UTC))
    swapped(region, datetime(2026, 11, 28, 18, 15, 1, tzinfo=UTC))
    swapped(region, datetime(2026, 11, 29, 9, 0, tzinfo=UTC), state="reversed")
    swapped(region, datetime(2026, 11, 27, 9, 0, tzinfo=UTC), restored_at=None)
    # No swap, not over, and of another month.
    swapped(region, datetime(2026, 11, 27, 9, 0, tzinfo=UTC), kind="detach")
    swapped(region, NOW, state="running", finished_at=None)
    swapped(region, datetime(2026, 10, 1, tzinfo=UTC))

    with timezone.override(KATHMANDU):
        days = outages.list_days(days=30, now=NOW)

    assert [day.day for day in days][::29] == [date(2026, 10, 31), date(2026, 11, 29)]
    told = [(d.day.day, d.swaps, d.succeeded, d.outage_s) for d in days if d.swaps]
    assert told == [(27, 1, 1, 0.0), (28, 1, 1, 5.5), (29, 2, 1, 11.0)]
