"""Strategies that move in one call: what they move, and the route tables they read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("failover", "0002_audit_is_append_only")]

    operations = [
        migrations.RemoveConstraint(
            model_name="job",
            name="one_active_job_per_network_interface",
        ),
        migrations.AddField(
            model_name="job",
            name="moving",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="job",
            name="network_interface_id",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ("queued", "running", "parked")),
                    models.Q(("network_interface_id", ""), _negated=True),
                ),
                fields=("region", "network_interface_id"),
                name="one_active_job_per_network_interface",
            ),
        ),
        migrations.CreateModel(
            name="RouteTable",
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
                ("route_table_id", models.CharField(max_length=32)),
                ("vpc_id", models.CharField(blank=True, default="", max_length=32)),
                ("routes", models.JSONField(default=list)),
                ("subnet_ids", models.JSONField(default=list)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="failover.region",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="routetable",
            constraint=models.UniqueConstraint(
                fields=("region", "route_table_id"), name="one_row_per_route_table"
            ),
        ),
    ]
