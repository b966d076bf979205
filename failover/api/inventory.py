"""Accounts, regions, network interfaces, instances, Elastic IPs."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from failover.api import bodies, door, shapes
from failover.api.door import Door, Keep
from failover.models import Job
from failover.services import (
    fields,
    filters,
    interfaces,
    inventory,
    queries,
    regions,
)
from failover.services.idempotency import Answer


def job_answer(job: Job) -> Answer:
    """202 with the job, and where to find it."""
    view = queries.view_job(job)
    location = reverse("api-job", args=[job.id])
    return door.render(fields.as_fields(view), status=202, location=location)


class Accounts(Door):
    """AWS accounts under management."""

    table: ClassVar = filters.AccountFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.AccountList}

    def get(self, request: Request) -> Response:
        return self.list(
            queries.list_accounts(),
            lambda rows: [regions.account_fields(row) for row in rows],
        )


class Regions(Door):
    """Regions under management."""

    table: ClassVar = filters.RegionFilter
    required_role: ClassVar = {"GET": "viewer", "POST": "admin"}
    bodies: ClassVar = {"POST": bodies.RegionBody}
    answers: ClassVar = {"GET": shapes.RegionList, "POST": shapes.Region}
    statuses: ClassVar = {"POST": 201}

    def get(self, request: Request) -> Response:
        return self.list(
            queries.list_regions(),
            lambda rows: [regions.as_fields(row) for row in rows],
        )

    def post(self, request: Request) -> Response:
        region = regions.add(actor=self.actor, **self.body)
        return Response(regions.as_fields(region), status=201)


class Region(Door):
    """One region."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.Region}

    def get(self, request: Request, region_id: str) -> Response:
        return Response(regions.as_fields(queries.get_region(region_id)))


class RegionSync(Door):
    """Ask for a whole read of the region."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": shapes.SyncRequested}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, region_id: str) -> HttpResponse:
        region = queries.get_region(region_id)

        def work(keep: Keep) -> Any:
            at = inventory.request_sync(region, self.actor)
            keep(at)
            return at

        def answer(at: Any) -> Answer:
            said = {"sync_requested_at": fields.rfc3339(at)}
            return door.render(said, status=202)

        return self.start(work, answer)


class Interfaces(Door):
    """Network interfaces as last seen."""

    table: ClassVar = filters.InterfaceFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.InterfaceList}

    def get(self, request: Request) -> Response:
        return self.list(queries.list_interfaces(), queries.view_interfaces)


class Interface(Door):
    """One network interface."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": shapes.Interface}

    def get(self, request: Request, eni: str) -> Response:
        row = queries.get_interface(eni)
        return Response(fields.as_fields(queries.view_interface(row)))


class Attach(Door):
    """Begin an attach of an interface that no pair moves."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.AttachBody}
    answers: ClassVar = {"POST": shapes.Job}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, eni: str) -> HttpResponse:
        row = queries.get_interface(eni)
        return self.start(
            lambda keep: interfaces.request_attach(
                interface_id=eni,
                region=row.region,
                instance_id=self.body["instance_id"],
                device_index=self.body.get("device_index"),
                actor=self.actor,
                on_created=keep,
            ),
            job_answer,
        )


class Detach(Door):
    """Begin a detach of an interface that no pair moves."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.DetachBody}
    answers: ClassVar = {"POST": shapes.Job}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, eni: str) -> HttpResponse:
        row = queries.get_interface(eni)
        return self.start(
            lambda keep: interfaces.request_detach(
                interface_id=eni,
                region=row.region,
                force=self.body.get("force", False),
                actor=self.actor,
                on_created=keep,
            ),
            job_answer,
        )


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
