"""The shapes of tokens and approvals, for the schema."""

from rest_framework import serializers as s

from failover.api.shapes import Page, Shape


class ApprovedCall(Shape):
    action = s.CharField()
    args = s.DictField()


class ApprovedPlan(Shape):
    calls = ApprovedCall(many=True)
    checks = s.ListField(child=s.DictField())


class Approval(Shape):
    id = s.UUIDField()
    pair = s.CharField()
    state = s.ChoiceField(
        choices=["pending", "approved", "denied", "void", "used", "expired"]
    )
    is_break_glass = s.BooleanField()
    from_instance_id = s.CharField(allow_null=True)
    to_instance_id = s.CharField()
    plan_hash = s.CharField()
    plan = ApprovedPlan()
    reason = s.CharField()
    force = s.BooleanField()
    requested_by = s.CharField()
    requested_at = s.DateTimeField()
    expires_at = s.DateTimeField()
    decided_by = s.CharField(allow_null=True)
    decided_at = s.DateTimeField(allow_null=True)
    comment = s.CharField()
    job = s.UUIDField(allow_null=True)
    acknowledged_by = s.CharField(allow_null=True)


class ApprovalList(Page):
    results = Approval(many=True)


class Token(Shape):
    id = s.CharField()
    name = s.CharField()
    owner = s.CharField()
    role = s.CharField()
    source_nets = s.ListField(child=s.CharField())
    created_at = s.DateTimeField()
    expires_at = s.DateTimeField()
    last_used_at = s.DateTimeField(allow_null=True)
    state = s.ChoiceField(choices=["active", "revoked", "expired", "owner_disabled"])


class TokenList(Page):
    results = Token(many=True)


class NewToken(Token):
    token = s.CharField()


class PolicyDocument(Shape):
    document = s.DictField()
    notes = s.ListField(child=s.CharField())


class PermissionPolicies(Shape):
    by_tag = PolicyDocument()
    exact = PolicyDocument(allow_null=True)


class Finding(Shape):
    code = s.CharField()
    outcome = s.ChoiceField(choices=["ok", "bad", "unknown"])
    detail = s.CharField()


class Trial(Shape):
    at = s.DateTimeField()
    caller = s.CharField()
    findings = Finding(many=True)


class WayIn(Shape):
    role_arn = s.CharField()
    external_id = s.CharField()
    trust_policy = PolicyDocument(allow_null=True)
    permission_policies = PermissionPolicies()
    trial = Trial(allow_null=True)


class GuideSnippet(Shape):
    title = s.CharField()
    text = s.CharField()


class GuideSection(Shape):
    key = s.CharField()
    title = s.CharField()
    said = s.ListField(child=s.CharField())
    snippets = GuideSnippet(many=True)
    is_warning = s.BooleanField()


class GuestGuide(Shape):
    sections = GuideSection(many=True)
    missing = s.ListField(child=s.CharField())
