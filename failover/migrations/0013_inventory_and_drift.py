"""Whole reads remember what they confirmed; VPCs; changes found outside our jobs."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0012_what_every_page_shows"),
    ]

    operations = [
        migrations.AddField(
            model_name="region",
            name="sync_failures",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="region",
            name="sync_retry_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="region",
            name="sync_took_s",
            field=models.FloatField(db_default=0.0, default=0.0),
        ),
        migrations.AddField(
            model_name="region",
            name="whole_reads",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name="DriftEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("before_at", models.DateTimeField(null=True)),
                ("resource_type", models.CharField(max_length=32)),
                ("resource_id", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, default="", max_length=256)),
                ("change", models.CharField(max_length=32)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("related", models.TextField(blank=True, default="")),
                ("is_judged", models.BooleanField(default=False)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="failover.region",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["-seen_at", "-id"], name="newest_changes_first"
                    ),
                    models.Index(fields=["region", "-id"], name="changes_of_a_region"),
                    models.Index(fields=["resource_id"], name="changes_of_a_resource"),
                    models.Index(
                        condition=models.Q(("is_judged", False)),
                        fields=["region"],
                        name="changes_to_be_judged",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vpc",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=256)),
                ("tags", models.JSONField(default=dict)),
                ("observed_at", models.DateTimeField()),
                ("observed_began_at", models.FloatField()),
                ("vanished_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(db_index=True, null=True)),
                ("vpc_id", models.CharField(max_length=32)),
                ("cidr_block", models.CharField(blank=True, default="", max_length=43)),
                ("is_default", models.BooleanField(default=False)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="failover.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region", "vpc_id"), name="one_row_per_vpc"
                    )
                ],
            },
        ),
    ]
