"""Who made a token, beside whose it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0020_tables_in_every_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="made_by",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=150
            ),
        ),
    ]
