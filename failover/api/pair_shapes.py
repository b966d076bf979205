"""The shapes of pairs, their plans and what is advised for them, for the schema."""

from rest_framework import serializers as s

from failover.api.shapes import Check, Page, Shape


class PlannedCall(Shape):
    action = s.CharField()
    args = s.DictField()
    cli = s.CharField()


class Plan(Shape):
    to = s.CharField()
    active_instance_id = s.CharField(allow_null=True)
    calls = PlannedCall(many=True)
    checks = Check(many=True)
    expected_outage_s = s.FloatField()
    plan_hash = s.CharField()
    observed_at = s.DateTimeField()


class StrategyAdvice(Shape):
    strategy = s.CharField()
    possible = s.BooleanField()
    current = s.BooleanField()
    how = s.CharField()
    best_for = s.CharField()
    keeps = s.ListField(child=s.CharField())
    loses = s.ListField(child=s.CharField())
    checks = Check(many=True)
    expected_outage_s = s.FloatField()
    measured_from = s.IntegerField()
    measured_of = s.ChoiceField(choices=["pair", "region", "installation", "nobody"])


class Advice(Shape):
    primary_instance_id = s.CharField()
    standby_instance_id = s.CharField()
    observed_at = s.DateTimeField()
    strategies = StrategyAdvice(many=True)


class Frozen(Shape):
    by = s.CharField()
    reason = s.CharField()
    until = s.DateTimeField(allow_null=True)


class Readiness(Shape):
    ready = s.BooleanField()
    checks = Check(many=True)
    checked_at = s.DateTimeField(allow_null=True)
    since = s.DateTimeField(allow_null=True)


class Probe(Shape):
    kind = s.CharField()
    port = s.IntegerField(allow_null=True)
    path = s.CharField()
    expect = s.CharField()


class Tried(Shape):
    outcome = s.ChoiceField(choices=["passed", "failed", "refused", "unknown"])
    code = s.CharField()
    detail = s.CharField()
    address = s.CharField()
    port = s.IntegerField()
    duration_s = s.FloatField()
    at = s.DateTimeField()


class Policy(Shape):
    force = s.CharField()
    force_after_s = s.FloatField()
    confirm = s.CharField()
    approval = s.BooleanField()
    automation = s.CharField()


class Pair(Shape):
    name = s.CharField()
    account = s.CharField()
    region = s.CharField()
    strategy = s.CharField()
    primary_instance_id = s.CharField()
    standby_instance_id = s.CharField()
    network_interface_id = s.CharField(allow_null=True)
    device_index = s.IntegerField()
    allocation_id = s.CharField(allow_null=True)
    private_ip = s.CharField(allow_null=True)
    route_table_ids = s.ListField(child=s.CharField())
    destination_cidr = s.CharField(allow_null=True)
    probe = Probe()
    policy = Policy()
    tags = s.DictField(child=s.CharField())
    active_instance_id = s.CharField(allow_null=True)
    desired_instance_id = s.CharField(allow_null=True)
    frozen = Frozen(allow_null=True)
    readiness = Readiness()
    sync = s.ChoiceField(choices=["as-expected", "drifted", "unknown"])
    job = s.UUIDField(allow_null=True)
    version = s.IntegerField()


class PairList(Page):
    results = Pair(many=True)
