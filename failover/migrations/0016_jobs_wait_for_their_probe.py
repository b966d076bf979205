"""A job's probe, what it last said, who was told of it and who let it be."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0015_wishes_for_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="probe",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="heard",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="probe_overdue_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="probe_waived_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="probe_waived_by",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=150
            ),
        ),
    ]
