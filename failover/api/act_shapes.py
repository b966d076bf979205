"""The shapes of what actions answer, for the schema."""

from rest_framework import serializers as s

from failover.api.ec2_shapes import Instance
from failover.api.shapes import Page, Shape


class Action(Shape):
    id = s.UUIDField()
    kind = s.CharField()
    account = s.CharField()
    region = s.CharField()
    state = s.ChoiceField(choices=["sent", "progressing", "done", "refused", "unknown"])
    resource = s.CharField()
    made = s.ListField(child=s.CharField())
    operation = s.CharField()
    requested_by = s.CharField()
    trigger = s.CharField()
    requested_at = s.DateTimeField()
    finished_at = s.DateTimeField(allow_null=True)
    awaits = s.CharField(allow_null=True)
    message = s.CharField()
    ec2_code = s.CharField(allow_null=True)
    ec2_message = s.CharField(allow_null=True)
    aws_request_id = s.CharField(allow_null=True)
    before = s.DictField(allow_null=True)
    after = s.DictField(allow_null=True)
    cli = s.CharField()


class ActionList(Page):
    results = Action(many=True)


class Launched(Instance):
    """The first instance, with all of them, and the action that made them."""

    instances = Instance(many=True)
    action = s.UUIDField()
