"""Actions: the mutating calls that people make, each with its row before it leaves."""

import uuid

from django.db import models
from django.db.models import Q

from failover.models.accounts import Region


class Action(models.Model):
    """One call to EC2 outside jobs: inserted before it leaves, completed after.

    `sent` is also a call whose process has died; `unknown` one whose reply was lost.
    Both are resolved by looking at EC2, never by sending again. A `progressing` one
    was accepted, and waits for what `awaits` names. `finished_at` None: somebody still
    looks after it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="actions")
    # What the audit calls it, as "elastic-ip.release".
    kind = models.CharField(max_length=64)
    # What it is about, as "elastic-ip/eipalloc-…"; for what is made, its place.
    resource = models.CharField(max_length=255)
    # EC2's own names; what must not be kept is replaced by a note of its size.
    operation = models.CharField(max_length=64)
    args = models.JSONField()
    # The ids to look at afterwards, and those that the call made.
    touches = models.JSONField(default=list)
    made = models.JSONField(default=list)
    # What there was and what there is, in the words of the audit.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # What an accepted call still waits for: {"state": "running"} of its instances.
    awaits = models.JSONField(null=True)
    # What looked like the thing to be made when the call left: not what it made.
    known = models.JSONField(default=list)
    # The idempotency key's record that it was made for.
    claim_id = models.UUIDField(null=True, db_index=True)

    actor = models.CharField(max_length=150)
    token = models.CharField(max_length=32, blank=True, default="")
    source_ip = models.CharField(max_length=45, blank=True, default="")
    trigger = models.CharField(max_length=16)

    state = models.CharField(max_length=16, default="sent")
    error_code = models.CharField(max_length=128, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    aws_request_id = models.CharField(max_length=64, blank=True, default="")
    begun_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="action_state_is_known",
                condition=Q(
                    state__in=["sent", "progressing", "done", "refused", "unknown"]
                ),
            ),
            models.CheckConstraint(
                name="a_settled_action_has_its_end",
                condition=~Q(state__in=["done", "refused"])
                | Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["region", "begun_at"],
                condition=Q(finished_at=None),
                name="unfinished_actions",
            ),
            models.Index(fields=["-begun_at", "-id"], name="newest_actions_first"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.resource}"
