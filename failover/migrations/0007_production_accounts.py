"""An account may be marked as production."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0006_jobs_that_burnt_an_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="is_production",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
