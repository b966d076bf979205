"""Start calls are counted second by second, so that a limit holds everywhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0007_production_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="StartCount",
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
                ("asker", models.CharField(max_length=64)),
                ("second", models.BigIntegerField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("asker", "second"),
                        name="one_count_per_asker_and_second",
                    )
                ],
            },
        ),
    ]
