"""The token buckets of a region, shared by all who call EC2 in it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("failover", "0003_moves_in_one_call")]

    operations = [
        migrations.AddField(
            model_name="region",
            name="budget",
            field=models.JSONField(default=dict),
        ),
    ]
