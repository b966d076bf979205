"""The shapes of the audit, for the schema."""

from rest_framework import serializers as s

from failover.api.shapes import Page, Shape


class AuditRow(Shape):
    seq = s.IntegerField()
    at = s.DateTimeField()
    actor = s.CharField()
    token = s.CharField()
    source_ip = s.CharField()
    action = s.CharField()
    object = s.CharField()
    outcome = s.CharField()
    before = s.DictField(allow_null=True)
    after = s.DictField(allow_null=True)
    reason = s.CharField()
    job = s.UUIDField(allow_null=True)
    aws_request_id = s.CharField()
    hash = s.CharField()
    prev_hash = s.CharField()
    plan_hash = s.CharField()


class AuditList(Page):
    results = AuditRow(many=True)
