"""How each user wants to see tables: columns and sizes, and views that were saved."""

from django.db import models
from django.db.models import Q

from failover.models.access import User

DENSITIES = ("comfortable", "compact")


class TableSettings(models.Model):
    """One user's wishes for one table. Empty columns mean those that it comes with."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=32)
    columns = models.JSONField(default=list)
    page_size = models.PositiveSmallIntegerField(default=50)
    density = models.CharField(max_length=16, default="comfortable")
    wraps = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "table"], name="one_setting_per_user_and_table"
            ),
            models.CheckConstraint(
                name="table_density_is_known", condition=Q(density__in=DENSITIES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} of {self.user_id}"


class SavedView(models.Model):
    """Filters, order and columns of a table under a name."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=32)
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=80)
    is_shared = models.BooleanField(default=False)
    # Filters and `ordering`, as the page's address has them.
    query = models.TextField(blank=True, default="")
    columns = models.JSONField(default=list)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "slug"], name="one_saved_view_per_table_and_slug"
            )
        ]

    def __str__(self) -> str:
        return f"{self.table}/{self.slug}"
