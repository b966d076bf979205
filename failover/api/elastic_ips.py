"""Elastic IPs."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from failover.api import shapes
from failover.api.door import Door
from failover.services import fields, filters, queries


class ElasticIps(Door):
    """Elastic IPs as last seen."""

    table: ClassVar = filters.ElasticIpFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.ElasticIpList}

    def get(self, request: Request) -> Response:
        return self.list(
            queries.list_elastic_ips(),
            queries.view_elastic_ips,
        )


class ElasticIp(Door):
    """One Elastic IP."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.ElasticIp}

    def get(self, request: Request, allocation_id: str) -> Response:
        row = queries.get_elastic_ip(allocation_id)
        return Response(fields.as_fields(queries.view_elastic_ips([row])[0]))
