"""The audit log's table: insert-only, hash-chained."""

from django.db import models


class AuditEntry(models.Model):
    """One thing that was done or refused. Written by `failover.audit` alone."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150)
    token = models.CharField(max_length=32, blank=True, default="")
    source_ip = models.CharField(max_length=45, blank=True, default="")
    action = models.CharField(max_length=64)
    object = models.CharField(max_length=255)
    outcome = models.CharField(max_length=32)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True, default="")
    job_id = models.UUIDField(null=True)
    aws_request_id = models.CharField(max_length=64, blank=True, default="")
    plan_hash = models.CharField(max_length=64, blank=True, default="")
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"
