"""Times in filters: days are those of the zone that is current."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from failover.services.filters import properties
from failover.services.filters.tokens import Operator

AT = properties.moment("at", "Time")


def span(value: str, zone: str) -> tuple[datetime, timedelta]:
    """When what the value means begins, and how long it lasts."""
    with timezone.override(ZoneInfo(zone)):
        inside: Any = AT.condition(Operator.EQUALS, value).children
    (_, begin), (_, end) = inside
    return begin, end - begin


@pytest.mark.parametrize(
    ("value", "zone", "begin", "hours"),
    [
        ("2026-11-29", "UTC", datetime(2026, 11, 29, tzinfo=UTC), 24),
        (
            "2026-11-29",
            "Asia/Kathmandu",
            datetime(2026, 11, 28, 18, 15, tzinfo=UTC),
            24,
        ),
        ("2026-10-25", "Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("2026-03-29", "Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_of_its_zone(
    value: str, zone: str, begin: datetime, hours: int
) -> None:
    assert span(value, zone) == (begin, timedelta(hours=hours))


def test_a_time_with_a_zone_of_its_own_is_the_same_everywhere() -> None:
    said = "2026-11-29T08:00:00+01:00"

    assert span(said, "Asia/Kathmandu") == span(said, "UTC")


def test_a_day_at_the_end_of_the_calendar_is_refused_in_words() -> None:
    for value, zone in (("0001-01-01", "Asia/Kathmandu"), ("9999-12-31", "UTC")):
        with pytest.raises(ValueError, match="within this calendar"):
            span(value, zone)
