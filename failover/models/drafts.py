"""Pairs that somebody has begun to describe and has not created yet."""

from django.db import models

from failover.models.access import User


class PairDraft(models.Model):
    """One user's answers so far, as they were typed, right or wrong."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # The fields of the form by their names, as text.
    said = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-changed_at"], name="pair_drafts_of_a_user")
        ]

    def __str__(self) -> str:
        return f"draft {self.pk} of {self.user_id}"
