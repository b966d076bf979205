"""Actions: what people ask of EC2 outside jobs, each with its row before the call."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0008_starts_are_counted"),
    ]

    operations = [
        migrations.CreateModel(
            name="Action",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=64)),
                ("resource", models.CharField(max_length=255)),
                ("operation", models.CharField(max_length=64)),
                ("args", models.JSONField()),
                ("touches", models.JSONField(default=list)),
                ("made", models.JSONField(default=list)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("awaits", models.JSONField(null=True)),
                ("known", models.JSONField(default=list)),
                ("claim_id", models.UUIDField(db_index=True, null=True)),
                ("actor", models.CharField(max_length=150)),
                ("token", models.CharField(blank=True, default="", max_length=32)),
                ("source_ip", models.CharField(blank=True, default="", max_length=45)),
                ("trigger", models.CharField(max_length=16)),
                ("state", models.CharField(default="sent", max_length=16)),
                (
                    "error_code",
                    models.CharField(blank=True, default="", max_length=128),
                ),
                ("error_message", models.TextField(blank=True, default="")),
                (
                    "aws_request_id",
                    models.CharField(blank=True, default="", max_length=64),
                ),
                ("begun_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="failover.region",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["region", "begun_at"],
                        name="unfinished_actions",
                    ),
                    models.Index(
                        fields=["-begun_at", "-id"], name="newest_actions_first"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["sent", "progressing", "done", "refused", "unknown"],
                            )
                        ),
                        name="action_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["done", "refused"]), _negated=True),
                            ("finished_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_settled_action_has_its_end",
                    ),
                ],
            },
        ),
    ]
