"""Pairs: two instances, one floating resource, and what operators want of them."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat

from failover.models.accounts import Region


def _joined(*columns: str) -> Concat:
    """The columns, each in a line of its own."""
    lines: list[Combinable] = [F(columns[0])]
    for column in columns[1:]:
        lines += [Value("\n"), F(column)]
    return Concat(*lines, output_field=models.TextField())


class Strategy(models.TextChoices):
    """How the floating resource moves."""

    ENI = "eni"
    EIP = "eip"
    PRIVATE_IP = "private-ip"
    ROUTE = "route"


class Holder(models.TextChoices):
    """What the last finished job, an adopt or a release left as wanted (P7)."""

    INSTANCE = "instance"
    NONE = "none"
    UNKNOWN = "unknown"


class Pair(models.Model):
    """A failover pair. Which end is active is observed, never stored as truth."""

    name = models.CharField(
        max_length=63,
        unique=True,
        validators=[RegexValidator(r"\A(?!new\Z)[a-z0-9][a-z0-9-]{0,62}\Z")],
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="pairs")
    strategy = models.CharField(max_length=16, choices=Strategy.choices)
    primary_instance_id = models.CharField(max_length=32)
    standby_instance_id = models.CharField(max_length=32)
    network_interface_id = models.CharField(max_length=32, blank=True, default="")
    device_index = models.PositiveSmallIntegerField(default=1)
    allocation_id = models.CharField(max_length=64, blank=True, default="")
    private_ip = models.CharField(max_length=45, blank=True, default="")
    route_table_ids = models.JSONField(default=list)
    destination_cidr = models.CharField(max_length=43, blank=True, default="")
    # The probe of the active end: kind (none, tcp, http), port, path, expect.
    probe = models.JSONField(default=dict)
    # What operators allow: force, force_after_s, confirm, approval, automation.
    policy = models.JSONField(default=dict)
    # What administrators call it, for grants. Not EC2's tags: whoever may tag in EC2
    # must not give himself roles here.
    tags = models.JSONField(default=dict, db_default={})

    desired_holder = models.CharField(
        max_length=16, choices=Holder.choices, default=Holder.UNKNOWN
    )
    desired_instance_id = models.CharField(max_length=32, blank=True, default="")
    # When the desired holder was last settled: by a job's end, adopt or release.
    settled_at = models.FloatField(default=0.0)
    # Two dedicated reads of a free resource, database seconds (guard, P7).
    free_seen_at = models.FloatField(null=True)
    # The drift found by the last two reads, as observed instance id ("" = free).
    drift_seen_at = models.FloatField(null=True)
    needs_start_stop = models.JSONField(default=list)

    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.CharField(max_length=150, blank=True, default="")
    frozen_reason = models.TextField(blank=True, default="")
    frozen_until = models.DateTimeField(null=True)

    # The checks of the last preflight, when it was judged, for which generation, and
    # when the oldest fact that it rests on was seen.
    readiness = models.JSONField(default=list)
    readiness_at = models.DateTimeField(null=True)
    readiness_generation = models.PositiveIntegerField(default=0, db_default=0)
    readiness_rests_on = models.DateTimeField(null=True)
    readiness_due_at = models.DateTimeField(null=True)
    # The verdict that was last told, and whether another one has begun since.
    readiness_news = models.JSONField(default=dict, db_default={})
    # Of the news the verdict alone, for tables and counts; of what nothing was told yet
    # nobody has said that it is ready.
    told_ready = models.GeneratedField(
        expression=Case(When(readiness_news__is_ready=True, then=True), default=False),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    # Raised by every change of the row that a client may hold a copy of (ETag).
    version = models.PositiveIntegerField(default=1)
    # Raised by whatever makes an older look at EC2 worthless (guard, first detach).
    generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    # All that words are looked for in, a line each: ids, names and addresses, which are
    # in lower case always.
    words = models.GeneratedField(
        expression=_joined(
            *("name", "primary_instance_id", "standby_instance_id"),
            *("network_interface_id", "allocation_id", "private_ip"),
            "destination_cidr",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pair_ends_differ",
                condition=~models.Q(
                    primary_instance_id=models.F("standby_instance_id")
                ),
            )
        ]
        indexes = [
            # Every page asks whether all pairs of an account are frozen.
            models.Index(
                fields=["region", "frozen_until"],
                condition=models.Q(frozen_at__isnull=False),
                name="frozen_pairs",
            ),
            # The table's orders, and what pairs are found by.
            *(
                models.Index(fields=[column, "id"], name=f"pairs_by_{name}")
                for column, name in (
                    ("name", "name"),
                    ("region", "region"),
                    ("primary_instance_id", "primary"),
                    ("standby_instance_id", "standby"),
                    ("network_interface_id", "interface"),
                    ("allocation_id", "allocation"),
                    ("created_at", "age"),
                )
            ),
            # Many pairs are alike in these: they come by their names.
            *(
                models.Index(fields=[column, "name", "id"], name=f"pairs_by_{name}")
                for column, name in (
                    ("told_ready", "readiness"),
                    ("strategy", "strategy"),
                )
            ),
            # So that nobody reads the whole rows to find a word.
            models.Index(fields=["words", "id"], name="words_of_pairs"),
        ]

    def __str__(self) -> str:
        return self.name


class PairResource(models.Model):
    """One thing that a pair moves. No two pairs may move the same thing (P7)."""

    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="resources")
    key = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.key
