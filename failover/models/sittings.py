"""Sessions by their users, and what is remembered for a short while."""

from django.db import models

from failover.models.access import User


class Sitting(models.Model):
    """One signed-in browser. Django's own session has no user to look it up by."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sittings")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    source_ip = models.CharField(max_length=45, blank=True, default="")
    agent = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.user_id} since {self.began_at}"


class Remembered(models.Model):
    """A small value until it expires: used codes, counted attempts."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
