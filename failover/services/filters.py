"""One FilterSet per table, for the page, the API and the exports."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from failover import models
from failover.models.jobs import ACTIVE_STATES


class Table(django_filters.FilterSet):
    """What every table has: `q` over its searched columns, account and region."""

    searched: ClassVar[tuple[str, ...]] = ()
    # `?ordering=` name -> column.
    ordered: ClassVar[dict[str, str]] = {}
    default_ordering: ClassVar[tuple[str, ...]] = ("pk",)

    q = django_filters.CharFilter(method="search")

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word must occur in some searched column."""
        del name
        for word in value.split():
            found = Q()
            for column in self.searched:
                found |= Q(**{f"{column}__icontains": word})
            rows = rows.filter(found)
        return rows


class InterfaceFilter(Table):
    """Network interfaces."""

    searched = (
        "interface_id",
        "name",
        "description",
        "instance_id",
        "private_ip",
        "public_ip",
        "subnet_id",
        "vpc_id",
        "availability_zone",
        "mac_address",
    )
    ordered: ClassVar[dict[str, str]] = {
        "id": "interface_id",
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
        "subnet_id": "subnet_id",
        "vpc_id": "vpc_id",
        "availability_zone": "availability_zone",
        "description": "description",
        "instance_id": "instance_id",
        "status": "status",
        "public_ip": "public_ip",
        "private_ip": "private_ip",
        "observed_at": "observed_at",
    }
    default_ordering = ("name", "interface_id")

    account = django_filters.CharFilter("region__account__name")
    region = django_filters.CharFilter("region__name")
    status = django_filters.CharFilter()
    vpc_id = django_filters.CharFilter()
    subnet_id = django_filters.CharFilter()
    availability_zone = django_filters.CharFilter()
    instance_id = django_filters.CharFilter()
    pair = django_filters.CharFilter(method="of_pair")

    class Meta:
        model = models.NetworkInterface
        fields: ClassVar[list[str]] = []

    def of_pair(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Interfaces that the pair of this name moves."""
        del name
        ids = models.Pair.objects.filter(name=value).values("network_interface_id")
        return rows.filter(interface_id__in=ids)


class ElasticIpFilter(Table):
    """Elastic IPs."""

    searched = (
        "allocation_id",
        "name",
        "public_ip",
        "private_ip",
        "instance_id",
        "network_interface_id",
    )
    ordered: ClassVar[dict[str, str]] = {
        "allocation_id": "allocation_id",
        "public_ip": "public_ip",
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
        "instance_id": "instance_id",
        "network_interface_id": "network_interface_id",
        "observed_at": "observed_at",
    }
    default_ordering = ("name", "allocation_id")

    account = django_filters.CharFilter("region__account__name")
    region = django_filters.CharFilter("region__name")
    instance_id = django_filters.CharFilter()
    network_interface_id = django_filters.CharFilter()

    class Meta:
        model = models.ElasticIp
        fields: ClassVar[list[str]] = []


class InstanceFilter(Table):
    """Instances."""

    searched = ("instance_id", "name", "type", "subnet_id", "vpc_id", "public_ip")
    ordered: ClassVar[dict[str, str]] = {
        "id": "instance_id",
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
        "availability_zone": "availability_zone",
        "state": "state",
        "type": "type",
        "launch_time": "launch_time",
        "observed_at": "observed_at",
    }
    default_ordering = ("name", "instance_id")

    account = django_filters.CharFilter("region__account__name")
    region = django_filters.CharFilter("region__name")
    state = django_filters.CharFilter()
    type = django_filters.CharFilter()
    vpc_id = django_filters.CharFilter()
    subnet_id = django_filters.CharFilter()
    availability_zone = django_filters.CharFilter()

    class Meta:
        model = models.Instance
        fields: ClassVar[list[str]] = []


class PairFilter(Table):
    """Pairs."""

    searched = (
        "name",
        "primary_instance_id",
        "standby_instance_id",
        "network_interface_id",
        "allocation_id",
        "private_ip",
        "destination_cidr",
    )
    ordered: ClassVar[dict[str, str]] = {
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
        "strategy": "strategy",
    }
    default_ordering = ("name",)

    account = django_filters.CharFilter("region__account__name")
    region = django_filters.CharFilter("region__name")
    strategy = django_filters.CharFilter()
    frozen = django_filters.BooleanFilter(
        "frozen_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = models.Pair
        fields: ClassVar[list[str]] = []


class JobFilter(Table):
    """Jobs."""

    searched = ("pair_name", "network_interface_id", "reason", "requested_by")
    ordered: ClassVar[dict[str, str]] = {
        "requested_at": "requested_at",
        "finished_at": "finished_at",
        "state": "state",
        "kind": "kind",
        "pair": "pair_name",
        "requested_by": "requested_by",
    }
    default_ordering = ("-requested_at", "-id")

    account = django_filters.CharFilter("region__account__name")
    region = django_filters.CharFilter("region__name")
    pair = django_filters.CharFilter("pair_name")
    state = django_filters.CharFilter()
    kind = django_filters.CharFilter()
    strategy = django_filters.CharFilter()
    trigger = django_filters.CharFilter()
    requested_by = django_filters.CharFilter()
    network_interface_id = django_filters.CharFilter()
    active = django_filters.BooleanFilter(method="only_active")

    class Meta:
        model = models.Job
        fields: ClassVar[list[str]] = []

    def only_active(self, rows: QuerySet[Any], name: str, value: object) -> Any:
        """Jobs that hold their locks, or those that have ended."""
        del name
        active = Q(state__in=ACTIVE_STATES)
        return rows.filter(active if value else ~active)


class AuditFilter(Table):
    """The audit log."""

    searched = ("actor", "action", "object", "outcome", "reason", "aws_request_id")
    ordered: ClassVar[dict[str, str]] = {"seq": "seq", "at": "at", "actor": "actor"}
    default_ordering = ("-seq",)

    actor = django_filters.CharFilter()
    action = django_filters.CharFilter()
    object = django_filters.CharFilter()
    outcome = django_filters.CharFilter()
    job = django_filters.UUIDFilter("job_id")

    class Meta:
        model = models.AuditEntry
        fields: ClassVar[list[str]] = []


class RegionFilter(Table):
    """Regions."""

    searched = ("name", "account__name")
    ordered: ClassVar[dict[str, str]] = {
        "region": "name",
        "account": "account__name",
        "synced_at": "synced_at",
    }
    default_ordering = ("account__name", "name")

    account = django_filters.CharFilter("account__name")
    region = django_filters.CharFilter("name")

    class Meta:
        model = models.Region
        fields: ClassVar[list[str]] = []


class AccountFilter(Table):
    """Accounts."""

    searched = ("name", "aws_account_id")
    ordered: ClassVar[dict[str, str]] = {"name": "name"}
    default_ordering = ("name",)

    class Meta:
        model = models.Account
        fields: ClassVar[list[str]] = []
