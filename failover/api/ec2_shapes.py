"""The shapes of what EC2 has, and of where it was read, for the schema."""

from rest_framework import serializers as s

from failover.api.shapes import Page, Shape


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
