"""What the tests of actions share: who acts, where, and how time is made to pass."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from failover import models, wiring
from failover.models import Action, AuditEntry
from failover.services.acts import following
from tests.services.world import Sim


def subnet_of(region: models.Region, zone: str = "") -> models.Subnet:
    """A subnet of the article's VPC."""
    found = models.Subnet.objects.filter(region=region, vanished_at=None)
    if zone:
        found = found.filter(availability_zone=zone)
    subnet = found.order_by("subnet_id").first()
    assert subnet is not None
    return subnet


def fault(sim: Sim, action: str, kind: str, **more: Any) -> None:
    """The next call of this name goes wrong."""
    sim.control("faults", {"action": action, "kind": kind, "times": 1, **more})


def grow_older(row: Action, seconds: float) -> None:
    """As if the call had been made so long ago."""
    begun_at = row.begun_at - timedelta(seconds=seconds)
    Action.objects.filter(id=row.id).update(begun_at=begun_at)


def follow(region: models.Region) -> None:
    """One round of the reconciler, with all the quota that it needs."""
    following.follow(region)


def follow_until_over(region: models.Region, row: Action) -> Action:
    until = wiring.monotonic() + 10
    while wiring.monotonic() < until:
        follow(region)
        row.refresh_from_db()
        if row.finished_at is not None:
            return row
        wiring.sleep(0.1)
    raise AssertionError(f"{row} is still {row.state}.")


def told(row: Action) -> Iterator[tuple[str, str]]:
    """The audit of the action: outcome and EC2's code, in order."""
    entries = AuditEntry.objects.filter(after__action=str(row.id)).order_by("seq")
    for entry in entries:
        yield entry.outcome, entry.reason
