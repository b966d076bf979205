"""What a region's finished jobs tell of how long its transitions take."""

from django.db.models import F, Q

from failover import models
from failover.engine import cadence
from failover.engine.cadence import Learned
from failover.engine.job import Kind, State, Strategy

# The newest so many are asked; an index leads to them.
NEWEST = 200
# Straight there: a turn or a human's hand says nothing of EC2's own time.
STRAIGHT = Q(
    kind=Kind.SWAP.value,
    state=State.SUCCEEDED.value,
    turns=0,
    outage_started_at__isnull=False,
    restored_at__gt=F("outage_started_at"),
)


def learn(*, region_id: int) -> Learned:
    """The 5th percentile and the median of detaches and attaches, lately."""
    rows = models.Job.objects.filter(
        STRAIGHT,
        region_id=region_id,
        strategy=Strategy.ENI.value,
        detached_at__gt=F("outage_started_at"),
        restored_at__gt=F("detached_at"),
    ).order_by("-requested_at", "-id")
    detach_s: list[float] = []
    attach_s: list[float] = []
    for started_at, detached_at, restored_at in rows.values_list(
        "outage_started_at", "detached_at", "restored_at"
    )[:NEWEST]:
        if started_at and detached_at and restored_at:
            detach_s.append((detached_at - started_at).total_seconds())
            attach_s.append((restored_at - detached_at).total_seconds())
    return cadence.learn(detach_s=detach_s, attach_s=attach_s)
