"""Anchors of the audit, what verifying it has shown, and indexes for its page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0013_inventory_and_drift"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditAnchor",
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
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheck",
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
                ("began_at", models.DateTimeField(db_index=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("rows", models.BigIntegerField(default=0)),
                ("last_seq", models.BigIntegerField(default=0)),
                ("anchors", models.BigIntegerField(default=0)),
                ("is_whole", models.BooleanField(default=False)),
                ("tampering", models.CharField(blank=True, default="", max_length=32)),
                ("bad_seq", models.BigIntegerField(null=True)),
                ("missing_guards", models.JSONField(default=list)),
            ],
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["actor", "-seq"], name="audit_of_one_actor"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["object", "-seq"], name="audit_of_one_object"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["action", "-seq"], name="audit_of_one_action"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("job_id__isnull", False)),
                fields=["job_id"],
                name="audit_of_one_job",
            ),
        ),
    ]
