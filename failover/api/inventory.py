"""Accounts and regions."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from failover.api import access_shapes, bodies, door, ec2_shapes
from failover.api.door import Door, Keep
from failover.services import fields, filters, inventory, places, queries, regions
from failover.services.accounts import trials, ways_in
from failover.services.idempotency import Answer


class Accounts(Door):
    """AWS accounts under management."""

    table: ClassVar = filters.AccountFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": ec2_shapes.AccountList}

    def get(self, request: Request) -> Response:
        return self.list(
            queries.list_accounts(),
            lambda rows: [regions.account_fields(row) for row in rows],
        )


class Account(Door):
    """One account."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": ec2_shapes.Account}

    def get(self, request: Request, account: str) -> Response:
        return Response(regions.account_fields(places.get_account(account)))


class AccountAccess(Door):
    """The way into an account: its role, policies to copy, and the last test."""

    required_role: ClassVar = {"GET": "admin"}
    answers: ClassVar = {"GET": access_shapes.WayIn}

    def get(self, request: Request, account: str) -> Response:
        row = places.get_account(account)
        return Response(fields.as_fields(ways_in.read(account=row, actor=self.actor)))


class AccountTest(Door):
    """Try the way into an account; nothing of it changes anything at AWS."""

    required_role: ClassVar = {"POST": "admin"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": access_shapes.Trial}

    def post(self, request: Request, account: str) -> Response:
        row = places.get_account(account)
        trial = trials.try_access(account=row, actor=self.actor)
        return Response(fields.as_fields(trial))


class Regions(Door):
    """Regions under management."""

    table: ClassVar = filters.RegionFilter
    required_role: ClassVar = {"GET": "viewer", "POST": "admin"}
    bodies: ClassVar = {"POST": bodies.RegionBody}
    answers: ClassVar = {"GET": ec2_shapes.RegionList, "POST": ec2_shapes.Region}
    statuses: ClassVar = {"POST": 201}

    def get(self, request: Request) -> Response:
        return self.list(
            queries.list_regions(),
            lambda rows: [regions.as_fields(row) for row in rows],
        )

    def post(self, request: Request) -> Response:
        """Put a region of an account under management."""
        region = regions.add(actor=self.actor, **self.body)
        return Response(regions.as_fields(region), status=201)


class Region(Door):
    """One region."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": ec2_shapes.Region}

    def get(self, request: Request, region_id: str) -> Response:
        return Response(regions.as_fields(queries.get_region_by_uuid(region_id)))


class RegionSync(Door):
    """Ask for a whole read of the region."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": ec2_shapes.SyncRequested}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, region_id: str) -> HttpResponse:
        region = queries.get_region_by_uuid(region_id)

        def work(keep: Keep) -> Any:
            at = inventory.request_sync(region, self.actor)
            keep(at)
            return at

        def answer(at: Any) -> Answer:
            said = {"sync_requested_at": fields.rfc3339(at)}
            return door.render(said, status=202)

        return self.start(work, answer)
