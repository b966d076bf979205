"""The bodies of actions. What EC2 itself would check is checked by the services."""

import re
from typing import Any

from rest_framework import serializers

from failover.api.bodies import (
    Body,
    Flag,
    Pattern,
    Text,
    Whole,
    instance_id,
    interface_id,
)

SUBNET = re.compile(r"\Asubnet-[0-9a-f]{8,17}\Z")
GROUP = re.compile(r"\Asg-[0-9a-f]{8,17}\Z")
IMAGE = re.compile(r"\Aami-[0-9a-f]{8,17}\Z")
TYPE = re.compile(r"\A[a-z][a-z0-9-]{0,30}\.[a-z0-9-]{1,30}\Z")
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


class TagsBody(Body):
    tags = Tags()


class ChangeInterfaceBody(Body):
    description = Text(required=False, allow_blank=True, trim_whitespace=False)
    security_group_ids = Groups()
    source_dest_check = Flag(required=False)
    delete_on_termination = Flag(required=False)
    tags = Tags()


class AssignBody(Body):
    addresses = serializers.ListField(
        child=Text(max_length=45), max_length=MOST_IDS, required=False
    )
    count = Whole(min_value=1, max_value=MOST_IDS, **OPTIONAL)


class UnassignBody(Body):
    addresses = serializers.ListField(
        child=Text(max_length=45), allow_empty=False, max_length=MOST_IDS
    )


class AllocateBody(Place):
    tags = Tags()


class AssociateBody(Body):
    network_interface_id = interface_id(allow_blank=True, **OPTIONAL)
    instance_id = instance_id(allow_blank=True, **OPTIONAL)
    private_ip = Text(max_length=45, allow_blank=True, **OPTIONAL)
    allow_reassociation = Flag(required=False)


class LaunchBody(Place):
    name = Text(max_length=256)
    image_id = Pattern(IMAGE, "An image id, such as ami-0123456789abcdef0.")
    type = Pattern(TYPE, "An instance type, such as t3.micro.")
    subnet_id = subnet_id()
    security_group_ids = Groups()
    key_name = Text(max_length=255, allow_blank=True, **OPTIONAL)
    user_data = Text(allow_blank=True, trim_whitespace=False, **OPTIONAL)
    count = Whole(**OPTIONAL)
