"""Which long-lived processes were seen, and when."""

from django.db import models


class ReconcilerBeat(models.Model):
    """The last sign of life of one reconciler."""

    name = models.CharField(max_length=128, primary_key=True)
    vantage = models.CharField(max_length=64, blank=True, default="")
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class WorkerBeat(models.Model):
    """The last sign of life of one Celery worker."""

    name = models.CharField(max_length=128, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
