"""An account's colour, a person's time zone and a worker's sign of life."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0011_grants_tokens_and_sittings"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkerBeat",
            fields=[
                (
                    "name",
                    models.CharField(max_length=128, primary_key=True, serialize=False),
                ),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="colour",
            field=models.CharField(
                choices=[
                    ("none", "None"),
                    ("pink", "Pink"),
                    ("purple", "Purple"),
                    ("darkBlue", "Dark Blue"),
                    ("lightBlue", "Light Blue"),
                    ("teal", "Teal"),
                    ("green", "Green"),
                    ("yellow", "Yellow"),
                    ("orange", "Orange"),
                    ("red", "Red"),
                ],
                db_default="none",
                default="none",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64
            ),
        ),
    ]
