"""The shapes of networks and of changes found, for the schema."""

from rest_framework import serializers as s

from failover.api.shapes import Page, Shape
from failover.services.filters import changes


class Placed(Shape):
    id = s.CharField()
    name = s.CharField()
    account = s.CharField()
    region = s.CharField()
    tags = s.DictField(child=s.CharField())
    observed_at = s.DateTimeField()


class Vpc(Placed):
    cidr_block = s.CharField()
    is_default = s.BooleanField()


class Subnet(Placed):
    vpc_id = s.CharField()
    availability_zone = s.CharField()
    cidr_block = s.CharField()


class SecurityGroup(Placed):
    vpc_id = s.CharField()
    description = s.CharField()


class Route(Shape):
    destination_cidr = s.CharField()
    network_interface_id = s.CharField(allow_null=True)
    state = s.CharField()


class RouteTable(Placed):
    vpc_id = s.CharField()
    routes = Route(many=True)
    subnet_ids = s.ListField(child=s.CharField())


class DriftEvent(Shape):
    id = s.CharField()
    seen_at = s.DateTimeField()
    not_before = s.DateTimeField(allow_null=True)
    account = s.CharField()
    region = s.CharField()
    resource_type = s.ChoiceField(choices=list(changes.TYPES))
    resource_id = s.CharField()
    name = s.CharField()
    change = s.ChoiceField(choices=list(changes.CHANGES))
    before = s.JSONField(allow_null=True)
    after = s.JSONField(allow_null=True)
    message = s.CharField()


class VpcList(Page):
    results = Vpc(many=True)


class SubnetList(Page):
    results = Subnet(many=True)


class SecurityGroupList(Page):
    results = SecurityGroup(many=True)


class RouteTableList(Page):
    results = RouteTable(many=True)


class DriftEventList(Page):
    results = DriftEvent(many=True)
