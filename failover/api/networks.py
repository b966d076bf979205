"""What interfaces stand in, and what has changed in EC2 without us: lists to read."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from failover.api import network_shapes as shapes
from failover.api.door import Door
from failover.services import changes, filters, networks


class Vpcs(Door):
    """VPCs as last read."""

    table: ClassVar = filters.VpcFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.VpcList}

    def get(self, request: Request) -> Response:
        return self.list(networks.list_vpcs(), networks.view_vpcs)


class Subnets(Door):
    """Subnets as last read."""

    table: ClassVar = filters.SubnetFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.SubnetList}

    def get(self, request: Request) -> Response:
        return self.list(networks.list_subnets(), networks.view_subnets)


class SecurityGroups(Door):
    """Security groups as last read."""

    table: ClassVar = filters.SecurityGroupFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.SecurityGroupList}

    def get(self, request: Request) -> Response:
        return self.list(networks.list_security_groups(), networks.view_security_groups)


class RouteTables(Door):
    """Route tables as last read."""

    table: ClassVar = filters.RouteTableFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.RouteTableList}

    def get(self, request: Request) -> Response:
        return self.list(networks.list_route_tables(), networks.view_route_tables)


class DriftEvents(Door):
    """Changes in EC2 that no job and no action of ours has made, newest first."""

    table: ClassVar = filters.DriftEventFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.DriftEventList}

    def get(self, request: Request) -> Response:
        return self.list(changes.list_drift_events(), changes.view_drift_events)
