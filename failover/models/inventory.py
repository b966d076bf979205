"""The mirror: what EC2 showed when it was last looked at, each row with its age.

Rows are updated only by newer looks (`observed_began_at`, database seconds). What
EC2 no longer shows is marked with `vanished_at`, not deleted. A whole read writes
only what differs: that it showed all the others too is kept once, on the region.
"""

from datetime import UTC, datetime

from django.db import models

from failover.models.accounts import Region

IS_THERE = models.Q(vanished_at=None)


def in_order(prefix: str, *columns: tuple[str, str]) -> list[models.Index]:
    """For each column an index that gives the table in its order, to the last row.

    `columns` are (column, its name in the index's name); what vanished is not in it.
    """
    return [
        models.Index(
            fields=[column, "id"], condition=IS_THERE, name=f"{prefix}_by_{name}"
        )
        for column, name in columns
    ]


def in_groups(prefix: str, *columns: tuple[str, str]) -> list[models.Index]:
    """The same for columns in which many rows are alike: those come by their names.

    So what is filtered by such a column is in the order of a table already.
    """
    return [
        models.Index(
            fields=[column, "name", "id"],
            condition=IS_THERE,
            name=f"{prefix}_by_{name}",
        )
        for column, name in columns
    ]


class Mirrored(models.Model):
    """What every mirrored EC2 resource has."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+")
    # The Name tag, copied so that it can be sorted and searched.
    name = models.CharField(max_length=256, blank=True, default="")
    tags = models.JSONField(default=dict)
    observed_at = models.DateTimeField()
    observed_began_at = models.FloatField()
    vanished_at = models.DateTimeField(null=True)
    # When a look last showed something else than the one before it, database time.
    changed_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        abstract = True

    @property
    def seen_began_at(self) -> float:
        """When the newest look began that showed the row as it is, database seconds."""
        if self.vanished_at is not None:
            return self.observed_began_at
        return max(self.observed_began_at, self.region.read_began_at(type(self)))

    @property
    def seen_at(self) -> datetime:
        """The same as a stamp: the age of the row."""
        return datetime.fromtimestamp(self.seen_began_at, tz=UTC)


class NetworkInterface(Mirrored):
    """A network interface; `attachment_id` empty means that it is attached nowhere."""

    interface_id = models.CharField(max_length=32)
    status = models.CharField(max_length=32)
    availability_zone = models.CharField(max_length=32, blank=True, default="")
    vpc_id = models.CharField(max_length=32, blank=True, default="")
    subnet_id = models.CharField(max_length=32, blank=True, default="")
    description = models.CharField(max_length=255, blank=True, default="")
    interface_type = models.CharField(max_length=64, blank=True, default="")
    mac_address = models.CharField(max_length=32, blank=True, default="")
    private_ip = models.CharField(max_length=45, blank=True, default="")
    public_ip = models.CharField(max_length=45, blank=True, default="")
    # One object an address: its own fields and its association, as in the API.
    private_ips = models.JSONField(default=list)
    ipv6_addresses = models.JSONField(default=list)
    # One object a group: its id and its name.
    security_groups = models.JSONField(default=list)
    source_dest_check = models.BooleanField(default=True)
    requester_managed = models.BooleanField(default=False)
    attachment_id = models.CharField(max_length=32, blank=True, default="")
    instance_id = models.CharField(max_length=32, blank=True, default="", db_index=True)
    device_index = models.PositiveSmallIntegerField(null=True)
    attachment_status = models.CharField(max_length=32, blank=True, default="")
    delete_on_termination = models.BooleanField(default=False)
    attach_time = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "interface_id"], name="one_row_per_network_interface"
            )
        ]
        indexes = [
            *in_order(
                "interfaces",
                ("name", "name"),
                ("interface_id", "id"),
                ("description", "description"),
                ("instance_id", "instance"),
                ("private_ip", "private_ip"),
                ("public_ip", "public_ip"),
                ("region", "region"),
                ("mac_address", "mac"),
                ("attachment_id", "attachment"),
                ("attach_time", "attach_time"),
                ("observed_at", "age"),
            ),
            *in_groups(
                "interfaces",
                ("status", "status"),
                ("subnet_id", "subnet"),
                ("vpc_id", "vpc"),
                ("availability_zone", "zone"),
                ("interface_type", "type"),
                ("attachment_status", "attached"),
                ("device_index", "device"),
                ("delete_on_termination", "deletion"),
                ("source_dest_check", "check"),
                ("requester_managed", "managed"),
            ),
        ]

    def __str__(self) -> str:
        return self.interface_id


class ElasticIp(Mirrored):
    """An Elastic IP of the account."""

    allocation_id = models.CharField(max_length=64)
    public_ip = models.CharField(max_length=45)
    association_id = models.CharField(max_length=64, blank=True, default="")
    network_interface_id = models.CharField(max_length=32, blank=True, default="")
    private_ip = models.CharField(max_length=45, blank=True, default="")
    instance_id = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "allocation_id"], name="one_row_per_elastic_ip"
            )
        ]
        indexes = in_order(
            "elastic_ips",
            ("name", "name"),
            ("allocation_id", "id"),
            ("public_ip", "address"),
            ("association_id", "association"),
            ("network_interface_id", "interface"),
            ("private_ip", "private_ip"),
            ("instance_id", "instance"),
            ("region", "region"),
            ("observed_at", "age"),
        )

    def __str__(self) -> str:
        return self.public_ip


class Instance(Mirrored):
    """An instance with the places its interfaces take."""

    instance_id = models.CharField(max_length=32)
    state = models.CharField(max_length=32)
    availability_zone = models.CharField(max_length=32, blank=True, default="")
    vpc_id = models.CharField(max_length=32, blank=True, default="")
    subnet_id = models.CharField(max_length=32, blank=True, default="")
    type = models.CharField(max_length=32, blank=True, default="")
    private_ips = models.JSONField(default=list)
    public_ip = models.CharField(max_length=45, blank=True, default="")
    system_status = models.CharField(max_length=32, blank=True, default="")
    instance_status = models.CharField(max_length=32, blank=True, default="")
    # One object an interface: its id and its device_index.
    interfaces = models.JSONField(default=list)
    interface_limit = models.PositiveSmallIntegerField(null=True)
    launch_time = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "instance_id"], name="one_row_per_instance"
            )
        ]
        indexes = [
            *in_order(
                "instances",
                ("name", "name"),
                ("instance_id", "id"),
                ("public_ip", "public_ip"),
                ("launch_time", "launch"),
                ("region", "region"),
                ("observed_at", "age"),
            ),
            *in_groups(
                "instances",
                ("state", "state"),
                ("type", "type"),
                ("availability_zone", "zone"),
                ("vpc_id", "vpc"),
                ("subnet_id", "subnet"),
            ),
        ]

    def __str__(self) -> str:
        return self.instance_id


class Vpc(Mirrored):
    """A VPC, for names and ranges."""

    vpc_id = models.CharField(max_length=32)
    cidr_block = models.CharField(max_length=43, blank=True, default="")
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "vpc_id"], name="one_row_per_vpc")
        ]

    def __str__(self) -> str:
        return self.vpc_id


class Subnet(Mirrored):
    """A subnet, for names and zones."""

    subnet_id = models.CharField(max_length=32)
    vpc_id = models.CharField(max_length=32)
    availability_zone = models.CharField(max_length=32)
    cidr_block = models.CharField(max_length=43)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "subnet_id"], name="one_row_per_subnet"
            )
        ]

    def __str__(self) -> str:
        return self.subnet_id


class RouteTable(Mirrored):
    """A route table, for where its routes lead."""

    route_table_id = models.CharField(max_length=32)
    vpc_id = models.CharField(max_length=32, blank=True, default="")
    # One object a route: destination_cidr, network_interface_id (may be ""), state.
    routes = models.JSONField(default=list)
    subnet_ids = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "route_table_id"], name="one_row_per_route_table"
            )
        ]

    def __str__(self) -> str:
        return self.route_table_id


class SecurityGroup(Mirrored):
    """A security group, for names."""

    group_id = models.CharField(max_length=32)
    vpc_id = models.CharField(max_length=32, blank=True, default="")
    description = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "group_id"], name="one_row_per_security_group"
            )
        ]

    def __str__(self) -> str:
        return self.group_id
