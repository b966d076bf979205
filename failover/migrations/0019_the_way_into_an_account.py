"""What AWS said when the way into an account was last tried."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("failover", "0018_drafts_of_pairs"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="trial",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
