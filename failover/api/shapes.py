"""What all shapes of answers are made of, for the schema.

Their values are `services.views`.
"""

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


class Page(Shape):
    count = s.IntegerField()
    next = s.URLField(allow_null=True)
    previous = s.URLField(allow_null=True)
