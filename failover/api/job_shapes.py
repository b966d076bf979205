"""The shapes of jobs, their steps and their calls, for the schema."""

from rest_framework import serializers as s

from failover.api.shapes import Page, Problem, Shape


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


class AttachJob(Job):
    """With the pairs that could not be swapped to that instance any more."""

    takes_place_of = s.ListField(child=s.CharField())


class Swaps(Shape):
    accepted = Job(many=True)
    refused = Problem(many=True)


class JobList(Page):
    results = Job(many=True)
