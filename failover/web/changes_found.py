"""What others have changed of a resource, for its own page."""

from typing import Any

from failover import wiring
from failover.models import Region
from failover.services import changes
from failover.web.presenters import timing

# How many of them a page shows; the others are one link away.
SHOWN = 10


def newest(*, region: Region, resource_id: str) -> list[dict[str, Any]]:
    """The newest, each with the time at which it was seen."""
    now = wiring.now()
    found = changes.list_of_resource(region=region, resource_id=resource_id)
    return [
        {"change": view, "seen": timing.moment(view.seen_at, now)}
        for view in changes.view_drift_events(found[:SHOWN])
    ]
