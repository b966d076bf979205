"""Rows to be found: interfaces as the mirror would write them."""

from datetime import UTC, datetime
from typing import Any

from failover import columns, models, upserts

SEEN_AT = 1_790_000_000.0


def a_region() -> models.Region:
    account = models.Account.objects.create(name="default")
    return models.Region.objects.create(account=account, name="eu-west-1")


def shelve(region: models.Region, *rows: dict[str, Any]) -> None:
    """Network interfaces of these columns, found by their words as in the product."""
    made = [
        models.NetworkInterface(
            **{
                "region": region,
                "status": "in-use",
                "name": row.get("tags", {}).get("Name", ""),
                "observed_at": datetime.fromtimestamp(SEEN_AT, tz=UTC),
                "observed_began_at": SEEN_AT,
                **row,
            }
        )
        for row in rows
    ]
    upserts.put(columns.INTERFACES, made)
