"""AWS accounts and their regions under management."""

from datetime import UTC, datetime

from django.db import models


class Colour(models.TextChoices):
    """The colours that EC2's own console gives an account (PutAccountColor)."""

    NONE = "none"
    PINK = "pink"
    PURPLE = "purple"
    DARK_BLUE = "darkBlue"
    LIGHT_BLUE = "lightBlue"
    TEAL = "teal"
    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class Account(models.Model):
    """An AWS account, reached by boto3's own credential chain or by AssumeRole."""

    name = models.SlugField(max_length=64, unique=True)
    # The twelve digits that STS says; empty until it was asked for the first time.
    aws_account_id = models.CharField(max_length=12, blank=True, default="")
    role_arn = models.CharField(max_length=2048, blank=True, default="")
    external_id = models.CharField(max_length=1224, blank=True, default="")
    # How its pages look, so that nobody takes one account for another.
    colour = models.CharField(
        max_length=16, choices=Colour.choices, default=Colour.NONE, db_default="none"
    )
    # A swap here asks people who they are once more.
    is_production = models.BooleanField(default=False, db_default=False)
    # What AWS said when somebody last tried the way in (services.accounts.trials).
    trial = models.JSONField(default=dict, db_default={})

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    """A region of an account: the unit of API budget, polling and driving.

    `lease_*` belong to the driver (efficiency only); `lease_until` is in seconds of
    the lease clock: PostgreSQL's `clock_timestamp()` or, on SQLite, the boot clock
    of the boot in `lease_boot`.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="regions"
    )
    name = models.CharField(max_length=32)
    # Copied from the account, so that the constraint below can hold the pair.
    aws_account_id = models.CharField(max_length=12, blank=True, default="")
    lease_owner = models.CharField(max_length=128, blank=True, default="")
    lease_until = models.FloatField(default=0.0)
    lease_boot = models.CharField(max_length=64, blank=True, default="")
    wake_seq = models.BigIntegerField(default=0)
    # EC2's token buckets as we have spent them (engine.budget), by the lease clock.
    budget = models.JSONField(default=dict)
    # What EC2's DryRun last said that our role may do, by the names of the calls.
    permissions = models.JSONField(default=dict, db_default={})
    # When the readiness of its pairs was last begun to be judged, by whomever.
    readiness_begun_at = models.DateTimeField(null=True)
    sync_requested_at = models.DateTimeField(null=True)
    sync_claimed_until = models.FloatField(default=0.0)
    sync_boot = models.CharField(max_length=64, blank=True, default="")
    synced_at = models.DateTimeField(null=True)
    sync_error = models.TextField(blank=True, default="")
    # Whole reads that failed since the last good one, and when the next may begin.
    sync_failures = models.PositiveIntegerField(default=0, db_default=0)
    sync_retry_at = models.DateTimeField(null=True)
    # How long the last whole read took: what takes long is read less often.
    sync_took_s = models.FloatField(default=0.0, db_default=0.0)
    # When the last complete read of each table began, database seconds, by its name.
    whole_reads = models.JSONField(default=dict, db_default={})
    # Last time anything of the region was seen, also by the driver.
    observed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "name"], name="one_row_per_account_and_region"
            ),
            models.UniqueConstraint(
                fields=["aws_account_id", "name"],
                condition=~models.Q(aws_account_id=""),
                name="one_row_per_aws_account_and_region",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account.name}/{self.name}"

    def read_began_at(self, table: type[models.Model]) -> float:
        """When the last complete read of that table began; 0 before the first."""
        return float(self.whole_reads.get(str(table._meta.model_name), 0.0))  # noqa: SLF001

    def read_at(self, *tables: type[models.Model]) -> datetime | None:
        """The same as a stamp, of the table that was read longest ago.

        Of all that were ever read where none is named; None before the first.
        """
        began = [self.read_began_at(table) for table in tables]
        oldest = min(began or self.whole_reads.values(), default=0.0)
        return datetime.fromtimestamp(oldest, tz=UTC) if oldest else None
