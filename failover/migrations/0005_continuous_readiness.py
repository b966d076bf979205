"""Readiness: what it rests on, when it is due, what was told, and what may be done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0004_region_budget"),
    ]

    operations = [
        migrations.AddField(
            model_name="elasticip",
            name="changed_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="instance",
            name="changed_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="networkinterface",
            name="changed_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="pair",
            name="readiness_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="pair",
            name="readiness_generation",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="pair",
            name="readiness_news",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="pair",
            name="readiness_rests_on",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="region",
            name="permissions",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="region",
            name="readiness_begun_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="routetable",
            name="changed_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="securitygroup",
            name="changed_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="subnet",
            name="changed_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
    ]
