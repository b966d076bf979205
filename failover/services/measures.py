"""What this installation has measured of itself."""

import statistics

from failover.models import Job, Pair

# Detach 3 s and attach 2 s as the simulator has them, and two calls: what is said
# until a pair or its region has a history of its own.
DEFAULT_OUTAGE_S = 5.3
NEWEST = 20


def expected_outage_s(*, pair: Pair) -> float:
    """The median outage of the pair's last swaps, else of its region's, seconds."""
    done = Job.objects.filter(
        kind="swap",
        state="succeeded",
        outage_started_at__isnull=False,
        restored_at__isnull=False,
    ).order_by("-requested_at", "-id")
    for jobs in (done.filter(pair=pair), done.filter(region_id=pair.region_id)):
        spans = [
            (restored_at - started_at).total_seconds()
            for started_at, restored_at in jobs.values_list(
                "outage_started_at", "restored_at"
            )[:NEWEST]
            if started_at and restored_at
        ]
        if spans:
            return round(statistics.median(spans), 3)
    return DEFAULT_OUTAGE_S
