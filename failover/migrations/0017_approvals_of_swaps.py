"""Swaps that need a second person."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0016_jobs_wait_for_their_probe"),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, primary_key=True, serialize=False
                    ),
                ),
                ("pair_name", models.CharField(max_length=63)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("denied", "Denied"),
                            ("void", "Void"),
                            ("used", "Used"),
                        ],
                        max_length=16,
                    ),
                ),
                ("is_break_glass", models.BooleanField(default=False)),
                (
                    "from_instance_id",
                    models.CharField(blank=True, default="", max_length=32),
                ),
                ("to_instance_id", models.CharField(max_length=32)),
                ("plan_hash", models.CharField(max_length=64)),
                ("plan", models.JSONField(default=dict)),
                ("reason", models.TextField(blank=True, default="")),
                ("is_forced", models.BooleanField(default=False)),
                ("requested_by", models.CharField(max_length=150)),
                (
                    "requested_by_token",
                    models.CharField(blank=True, default="", max_length=32),
                ),
                ("requested_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.CharField(blank=True, default="", max_length=150),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("comment", models.TextField(blank=True, default="")),
                ("job_id", models.UUIDField(null=True)),
                (
                    "acknowledged_by",
                    models.CharField(blank=True, default="", max_length=150),
                ),
                ("acknowledged_at", models.DateTimeField(null=True)),
                (
                    "pair",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="approvals",
                        to="failover.pair",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="failover.region",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["-requested_at", "-id"], name="newest_requests_first"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "approved"])),
                        fields=["pair", "requested_by"],
                        name="open_requests",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(
                                ("decided_by", models.F("requested_by")), _negated=True
                            ),
                            _connector="OR",
                        ),
                        name="nobody_approves_their_own_swap",
                    )
                ],
            },
        ),
    ]
