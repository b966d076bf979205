"""Instances."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from failover.api import shapes
from failover.api.door import Door
from failover.services import fields, filters, queries


class Instances(Door):
    """Instances as last seen."""

    table: ClassVar = filters.InstanceFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.InstanceList}

    def get(self, request: Request) -> Response:
        return self.list(queries.list_instances(), queries.view_instances)


class Instance(Door):
    """One instance."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.Instance}

    def get(self, request: Request, instance_id: str) -> Response:
        row = queries.get_instance(instance_id)
        return Response(fields.as_fields(queries.view_instances([row])[0]))
