"""The bodies of actions. What EC2 itself would check is checked by the services."""

import re
from typing import Any

from rest_framework import serializers

from failover.api.bodies import Body, Pattern, Text

SUBNET = re.compile(r"\Asubnet-[0-9a-f]{8,17}\Z")
GROUP = re.compile(r"\Asg-[0-9a-f]{8,17}\Z")
OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}
MOST_IDS = 50


class Tags(serializers.DictField):
    """Tags: texts by their keys."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            child=Text(allow_blank=True, trim_whitespace=False),
            required=False,
            **kwargs,
        )


class Groups(serializers.ListField):
    """Ids of security groups."""

    def __init__(self, **kwargs: Any) -> None:
        said = "A security group id, such as sg-0123456789abcdef0."
        super().__init__(
            child=Pattern(GROUP, said), max_length=MOST_IDS, required=False, **kwargs
        )


class Place(Body):
    """Where something is made."""

    region = Text(max_length=32)
    account = Text(max_length=64, required=False, allow_null=True)


def subnet_id(**kwargs: Any) -> Pattern:
    return Pattern(SUBNET, "A subnet id, such as subnet-0123456789abcdef0.", **kwargs)


class CreateInterfaceBody(Place):
    subnet_id = subnet_id()
    description = Text(required=False, allow_blank=True, trim_whitespace=False)
    private_ip = Text(max_length=45, allow_blank=True, **OPTIONAL)
    security_group_ids = Groups()
    tags = Tags()
