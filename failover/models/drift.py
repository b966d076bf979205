"""Changes that a look at EC2 found and that nothing of ours had made."""

from django.db import models
from django.db.models import Q

from failover.models.accounts import Region


class DriftEvent(models.Model):
    """One change of one resource: how it was seen before, how afterwards.

    It is written with the look that showed it, and counts once it has been held
    against our own calls (`is_judged`); those that were ours are deleted.
    """

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+")
    # When the look began that showed it; it happened since the look at `before_at`.
    seen_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True)
    resource_type = models.CharField(max_length=32)
    resource_id = models.CharField(max_length=64)
    # The Name tag at that time.
    name = models.CharField(max_length=256, blank=True, default="")
    change = models.CharField(max_length=32)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # The other ids that `before` and `after` name, with a space around each.
    related = models.TextField(blank=True, default="")
    is_judged = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["-seen_at", "-id"], name="newest_changes_first"),
            models.Index(fields=["region", "-id"], name="changes_of_a_region"),
            models.Index(fields=["resource_id"], name="changes_of_a_resource"),
            models.Index(
                fields=["region"],
                condition=Q(is_judged=False),
                name="changes_to_be_judged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.change}"
