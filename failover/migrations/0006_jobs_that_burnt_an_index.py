"""The few jobs that spoilt a device index are found without reading all others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0005_continuous_readiness"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("is_index_burnt", True)),
                fields=["pair"],
                name="jobs_that_burnt_an_index",
            ),
        ),
    ]
