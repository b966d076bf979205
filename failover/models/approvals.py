"""Consent of a second person to a swap, and swaps that went without it."""

import uuid

from django.db import models
from django.db.models import Q

from failover.models.accounts import Region
from failover.models.pairs import Pair


class Verdict(models.TextChoices):
    """What has become of a request. `expired` is told by the clock, not stored."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    # The plan was no longer the same, or whoever approved may no longer.
    VOID = "void"
    USED = "used"


class Approval(models.Model):
    """One request to swap one pair by one plan; consent to it is used once.

    With `is_break_glass` an administrator has swapped without asking anybody; it
    stands until somebody else has acknowledged it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    pair = models.ForeignKey(
        Pair, on_delete=models.SET_NULL, null=True, related_name="approvals"
    )
    # The pair's name when it was asked for; it outlives the pair.
    pair_name = models.CharField(max_length=63)
    state = models.CharField(max_length=16, choices=Verdict.choices)
    is_break_glass = models.BooleanField(default=False)
    from_instance_id = models.CharField(max_length=32, blank=True, default="")
    to_instance_id = models.CharField(max_length=32)
    plan_hash = models.CharField(max_length=64)
    # The calls and checks of the plan, as they were shown.
    plan = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")
    is_forced = models.BooleanField(default=False)
    requested_by = models.CharField(max_length=150)
    requested_by_token = models.CharField(max_length=32, blank=True, default="")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True, default="")
    job_id = models.UUIDField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True, default="")
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nobody_approves_their_own_swap",
                condition=Q(decided_by="") | ~Q(decided_by=models.F("requested_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="newest_requests_first"),
            models.Index(
                fields=["pair", "requested_by"],
                condition=Q(state__in=["pending", "approved"]),
                name="open_requests",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pair_name} {self.state}"
