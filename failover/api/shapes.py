"""The shapes of answers, for the schema; the values are `services.views`."""

from typing import Any

from rest_framework import serializers as s

Shape = s.Serializer[Any]


class Check(Shape):
    code = s.CharField()
    ok = s.BooleanField()
    severity = s.ChoiceField(choices=["error", "warning"])
    detail = s.CharField()


class Problem(Shape):
    type = s.CharField()
    title = s.CharField()
    status = s.IntegerField()
    detail = s.CharField()
    code = s.CharField()
    # The metaclass takes the field away before anybody could meet it as `errors`.
    errors = s.DictField(  # type: ignore[assignment]
        child=s.ListField(child=s.CharField()), required=False
    )
    checks = Check(many=True, required=False)
    job = s.UUIDField(required=False)
    pair = s.CharField(required=False)
    # Of a call that EC2 refused, or whose answer was lost.
    ec2_code = s.CharField(required=False)
    ec2_message = s.CharField(required=False)
    aws_request_id = s.CharField(required=False, allow_null=True)
    action = s.UUIDField(required=False)
    applied = s.ListField(child=s.CharField(), required=False)


class Account(Shape):
    id = s.CharField()
    name = s.CharField()
    aws_account_id = s.CharField()
    role_arn = s.CharField()
    external_id = s.CharField()


class Region(Shape):
    id = s.CharField()
    account = s.CharField()
    region = s.CharField()
    synced_at = s.DateTimeField(allow_null=True)
    sync_error = s.CharField(allow_null=True)
    sync_retry_at = s.DateTimeField(allow_null=True)
    observed_age_s = s.FloatField(allow_null=True)


class SyncRequested(Shape):
    sync_requested_at = s.DateTimeField()


class JobProbe(Shape):
    kind = s.CharField()
    port = s.IntegerField()
    path = s.CharField()
    expect = s.CharField()
    address = s.CharField(allow_null=True)
    outcome = s.CharField(allow_null=True)
    code = s.CharField(allow_null=True)
    detail = s.CharField()
    since = s.DateTimeField(allow_null=True)
    overdue_at = s.DateTimeField(allow_null=True)
    waived_by = s.CharField(allow_null=True)


class Step(Shape):
    name = s.CharField()
    state = s.ChoiceField(choices=["waiting", "running", "done", "skipped", "failed"])
    started_at = s.DateTimeField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
    duration_s = s.FloatField(allow_null=True)
    calls = s.IntegerField()
    cli = s.ListField(child=s.CharField())
    detail = s.CharField()


class Call(Shape):
    action = s.CharField()
    at = s.DateTimeField()
    duration_s = s.FloatField(allow_null=True)
    outcome = s.ChoiceField(
        choices=["ok", "refused", "throttled", "unknown", "not_sent"]
    )
    error_code = s.CharField(allow_null=True)
    aws_request_id = s.CharField(allow_null=True)
    cli = s.CharField()


class Job(Shape):
    id = s.UUIDField()
    kind = s.ChoiceField(choices=["swap", "attach", "detach"])
    pair = s.CharField(allow_null=True)
    strategy = s.CharField()
    network_interface_id = s.CharField(allow_null=True)
    allocation_id = s.CharField(allow_null=True)
    private_ip = s.CharField(allow_null=True)
    route_table_ids = s.ListField(child=s.CharField())
    destination_cidr = s.CharField(allow_null=True)
    state = s.ChoiceField(
        choices=["queued", "running", "succeeded", "reversed", "cancelled", "parked"]
    )
    from_instance_id = s.CharField(allow_null=True)
    to_instance_id = s.CharField(allow_null=True)
    aim_instance_id = s.CharField(allow_null=True)
    reason = s.CharField()
    trigger = s.CharField()
    requested_by = s.CharField()
    requested_at = s.DateTimeField()
    started_at = s.DateTimeField(allow_null=True)
    cancel_requested_at = s.DateTimeField(allow_null=True)
    outage_started_at = s.DateTimeField(allow_null=True)
    restored_at = s.DateTimeField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
    outage_s = s.FloatField(allow_null=True)
    duration_s = s.FloatField(allow_null=True)
    waiting_for = s.CharField(allow_null=True)
    message = s.CharField()
    steps = Step(many=True)
    calls = Call(many=True)
    probe = JobProbe(allow_null=True)


class Swaps(Shape):
    accepted = Job(many=True)
    refused = Problem(many=True)


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


class Attachment(Shape):
    id = s.CharField()
    instance_id = s.CharField()
    device_index = s.IntegerField(allow_null=True)
    status = s.CharField()
    delete_on_termination = s.BooleanField()
    attach_time = s.CharField()


class PrivateIp(Shape):
    address = s.CharField()
    primary = s.BooleanField()
    public_ip = s.CharField(allow_null=True)
    allocation_id = s.CharField(allow_null=True)
    association_id = s.CharField(allow_null=True)


class Group(Shape):
    id = s.CharField()
    name = s.CharField()


class Interface(Shape):
    id = s.CharField()
    name = s.CharField()
    account = s.CharField()
    region = s.CharField()
    availability_zone = s.CharField()
    vpc_id = s.CharField()
    subnet_id = s.CharField()
    status = s.CharField()
    description = s.CharField()
    interface_type = s.CharField()
    mac_address = s.CharField()
    private_ip = s.CharField()
    private_ips = PrivateIp(many=True)
    ipv6_addresses = s.ListField(child=s.CharField())
    public_ip = s.CharField(allow_null=True)
    security_groups = Group(many=True)
    source_dest_check = s.BooleanField()
    requester_managed = s.BooleanField()
    attachment = Attachment(allow_null=True)
    tags = s.DictField(child=s.CharField())
    pair = s.CharField(allow_null=True)
    observed_at = s.DateTimeField()


class ElasticIp(Shape):
    allocation_id = s.CharField()
    public_ip = s.CharField()
    name = s.CharField()
    account = s.CharField()
    region = s.CharField()
    association_id = s.CharField(allow_null=True)
    network_interface_id = s.CharField(allow_null=True)
    private_ip = s.CharField(allow_null=True)
    instance_id = s.CharField(allow_null=True)
    pair = s.CharField(allow_null=True)
    tags = s.DictField(child=s.CharField())
    observed_at = s.DateTimeField()


class StatusChecks(Shape):
    system = s.CharField()
    instance = s.CharField()


class Slot(Shape):
    id = s.CharField()
    device_index = s.IntegerField()


class Instance(Shape):
    id = s.CharField()
    name = s.CharField()
    account = s.CharField()
    region = s.CharField()
    availability_zone = s.CharField()
    vpc_id = s.CharField()
    subnet_id = s.CharField()
    state = s.CharField()
    type = s.CharField()
    private_ips = s.ListField(child=s.CharField())
    public_ip = s.CharField(allow_null=True)
    status_checks = StatusChecks()
    interfaces = Slot(many=True)
    interface_limit = s.IntegerField(allow_null=True)
    pairs = s.ListField(child=s.CharField())
    launch_time = s.CharField()
    tags = s.DictField(child=s.CharField())
    observed_at = s.DateTimeField()


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


class Page(Shape):
    count = s.IntegerField()
    next = s.URLField(allow_null=True)
    previous = s.URLField(allow_null=True)


class AccountList(Page):
    results = Account(many=True)


class RegionList(Page):
    results = Region(many=True)


class InterfaceList(Page):
    results = Interface(many=True)


class ElasticIpList(Page):
    results = ElasticIp(many=True)


class InstanceList(Page):
    results = Instance(many=True)


class PairList(Page):
    results = Pair(many=True)


class JobList(Page):
    results = Job(many=True)


class AuditList(Page):
    results = AuditRow(many=True)
