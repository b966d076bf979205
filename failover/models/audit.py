"""The audit's tables: the chain, its anchors, and what verifying it has shown."""

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

    class Meta:
        indexes = [
            models.Index(fields=["actor", "-seq"], name="audit_of_one_actor"),
            models.Index(fields=["object", "-seq"], name="audit_of_one_object"),
            models.Index(fields=["action", "-seq"], name="audit_of_one_action"),
            models.Index(
                fields=["job_id"],
                condition=models.Q(job_id__isnull=False),
                name="audit_of_one_job",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class AuditAnchor(models.Model):
    """Where the chain stood; the copies outside of the database are what counts."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    # The digest of the anchor before.
    previous = models.CharField(max_length=64)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:12]}"


class AuditCheck(models.Model):
    """One reading of the whole chain, and what it has shown."""

    began_at = models.DateTimeField(db_index=True)
    # Null while it reads, and for ever if it died.
    ended_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)
    rows = models.BigIntegerField(default=0)
    last_seq = models.BigIntegerField(default=0)
    anchors = models.BigIntegerField(default=0)
    is_whole = models.BooleanField(default=False)
    tampering = models.CharField(max_length=32, blank=True, default="")
    bad_seq = models.BigIntegerField(null=True)
    # Guards of the table that were not in place.
    missing_guards = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.began_at} {self.tampering or 'whole'}"
