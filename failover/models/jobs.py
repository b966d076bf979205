"""Jobs, the intents of their calls, and the locks they hold.

What the database itself promises: one active job per pair and per network interface,
one holder per resource lock, intents that are inserted and then completed once.
"""

import uuid

from django.db import models
from django.db.models import Q

from failover.models.accounts import Region
from failover.models.pairs import Pair

ACTIVE_STATES = ("queued", "running", "parked")
IS_ACTIVE = Q(state__in=ACTIVE_STATES)


class Job(models.Model):
    """A durable change towards a target holder.

    `next_run_at` and `lease_until` are seconds of the lease clock (see Region) under
    `clock_boot`; every other `_at` is a UTC stamp in database time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="jobs")
    pair = models.ForeignKey(
        Pair, on_delete=models.SET_NULL, null=True, related_name="jobs"
    )
    # The pair's name when the job was asked for; it outlives the pair.
    pair_name = models.CharField(max_length=63, blank=True, default="")
    pair_generation = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=16)
    strategy = models.CharField(max_length=16, default="eni")
    state = models.CharField(max_length=16, default="queued")
    # What `eni` moves; empty for the strategies that move in one call.
    network_interface_id = models.CharField(max_length=32, blank=True, default="")
    # What the others move, and the two ends they move it between, pinned (P5):
    # {parts: [...], source: end or null, target: end or null}, as `rows` has them.
    moving = models.JSONField(null=True)
    device_index = models.PositiveSmallIntegerField(default=1)
    from_device_index = models.PositiveSmallIntegerField(default=1)
    from_instance_id = models.CharField(max_length=32, blank=True, default="")
    to_instance_id = models.CharField(max_length=32, blank=True, default="")
    # [[allocation id, private address]]
    snapshot = models.JSONField(default=list)
    force_after_s = models.FloatField(null=True)
    preflight_at = models.DateTimeField(null=True)
    preflight_attachment_id = models.CharField(max_length=32, blank=True, default="")

    reason = models.TextField(blank=True, default="")
    trigger = models.CharField(max_length=16)
    requested_by = models.CharField(max_length=150)
    requested_by_token = models.CharField(max_length=32, blank=True, default="")
    plan_hash = models.CharField(max_length=64, blank=True, default="")
    requested_at = models.DateTimeField()

    # The engine's columns, written only under the current fence token, but for
    # cancel, which writes the first two and the version (protocol P6).
    aim = models.CharField(max_length=16, default="target")
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_requested_by = models.CharField(max_length=150, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    turns = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    first_intent_at = models.DateTimeField(null=True)
    outage_started_at = models.DateTimeField(null=True)
    detached_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, blank=True, default="")
    is_index_burnt = models.BooleanField(default=False)
    waiting_for = models.CharField(max_length=64, blank=True, default="")
    why = models.CharField(max_length=64, blank=True, default="")
    why_args = models.JSONField(default=dict)
    memory = models.JSONField(default=dict)

    # What the service is asked at the end, pinned; the newest answer since the
    # resource is in its place; when humans were told that it does not pass.
    probe = models.JSONField(null=True)
    heard = models.JSONField(null=True)
    probe_overdue_at = models.DateTimeField(null=True)
    # Written by an operator who lets the job end without, as cancel is.
    probe_waived_at = models.DateTimeField(null=True)
    probe_waived_by = models.CharField(
        max_length=150, blank=True, default="", db_default=""
    )

    fence_token = models.BigIntegerField(default=0)
    lease_owner = models.CharField(max_length=128, blank=True, default="")
    lease_until = models.FloatField(default=0.0)
    next_run_at = models.FloatField(default=0.0)
    clock_boot = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pair"], condition=IS_ACTIVE, name="one_active_job_per_pair"
            ),
            models.UniqueConstraint(
                fields=["region", "network_interface_id"],
                condition=IS_ACTIVE & ~Q(network_interface_id=""),
                name="one_active_job_per_network_interface",
            ),
            models.CheckConstraint(
                name="a_finished_job_has_its_end",
                condition=IS_ACTIVE | Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["region", "next_run_at"], condition=IS_ACTIVE, name="due_jobs"
            ),
            models.Index(fields=["-requested_at", "-id"], name="newest_jobs_first"),
            models.Index(
                fields=["pair"],
                condition=Q(is_index_burnt=True),
                name="jobs_that_burnt_an_index",
            ),
            # The table's orders, and what jobs are found by.
            *(
                models.Index(fields=[column, "id"], name=f"jobs_by_{name}")
                for column, name in (
                    ("pair_name", "pair"),
                    ("network_interface_id", "interface"),
                    ("from_instance_id", "source"),
                    ("to_instance_id", "target"),
                    ("requested_by", "person"),
                    ("finished_at", "end"),
                )
            ),
            models.Index(
                fields=["state", "-requested_at", "-id"], name="newest_jobs_by_state"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Intent(models.Model):
    """A mutating call: inserted before it leaves, completed once after its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="intents")
    seq = models.PositiveIntegerField()
    fence_token = models.BigIntegerField()
    action = models.CharField(max_length=64)
    # EC2's own parameter names.
    args = models.JSONField()
    intent_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    duration_s = models.FloatField(null=True)
    outcome = models.CharField(max_length=16, blank=True, default="")
    error_code = models.CharField(max_length=128, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    aws_request_id = models.CharField(max_length=64, blank=True, default="")
    attachment_id = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "seq"], name="intents_of_a_job_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} #{self.seq}"


class ResourceLock(models.Model):
    """A thing in EC2 that one active job may touch; its key names the region too."""

    key = models.CharField(max_length=255, primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="locks")

    def __str__(self) -> str:
        return self.key
