"""How many start calls were made, second by second."""

from django.db import models


class StartCount(models.Model):
    """The start calls of one token, or one signed-in user, in one second.

    `second` is POSIX time of the database. Rows are of use for a minute.
    """

    asker = models.CharField(max_length=64)
    second = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asker", "second"], name="one_count_per_asker_and_second"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asker} {self.second}"
