"""Pairs: listed, made, read, changed, deleted."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from failover import models
from failover.api import bodies, pair_shapes, parameters
from failover.api.door import Door
from failover.services import (
    fields,
    filters,
    pair_tags,
    pairs,
    queries,
    refusals,
    regions,
    strategies,
)
from failover.services.pair_settings import NewPair, PairChange, Policy
from failover.services.pair_settings import Probe as ProbeSettings

# What a PATCH may repeat, but not change: another one would be another pair.
FIXED = (
    "name",
    "strategy",
    "network_interface_id",
    "allocation_id",
    "private_ip",
    "destination_cidr",
)


def pair_response(pair: models.Pair, status: int = 200) -> Response:
    """The pair with its entity tag."""
    shown = fields.as_fields(queries.view_pair(pair))
    return Response(shown, status=status, headers={"ETag": pairs.etag(pair)})


class Pairs(Door):
    """All pairs."""

    table: ClassVar = filters.PairFilter
    required_role: ClassVar = {"GET": "viewer", "POST": "admin"}
    bodies: ClassVar = {"POST": bodies.PairBody}
    answers: ClassVar = {"GET": pair_shapes.PairList, "POST": pair_shapes.Pair}
    statuses: ClassVar = {"POST": 201}

    def get(self, request: Request) -> Response:
        return self.list(queries.list_pairs(), queries.view_pairs)

    def post(self, request: Request) -> Response:
        """Make a pair, after a look at EC2 itself."""
        body = self.body
        region = regions.find(region=body["region"], account=body.get("account"))
        new = NewPair(
            name=body["name"],
            primary_instance_id=body["primary_instance_id"],
            standby_instance_id=body["standby_instance_id"],
            strategy=body["strategy"],
            network_interface_id=body.get("network_interface_id") or "",
            allocation_id=body.get("allocation_id") or "",
            private_ip=body.get("private_ip") or "",
            route_table_ids=tuple(body.get("route_table_ids") or ()),
            destination_cidr=body.get("destination_cidr") or "",
            device_index=body.get(
                "device_index", strategies.DEFAULT_INDEX[body["strategy"]]
            ),
            probe=ProbeSettings(**body.get("probe", {})),
            policy=Policy(**body.get("policy", {})),
        )
        pair_tags.require_sound(body.get("tags", {}))
        pair = pairs.create(new=new, region=region, actor=self.actor)
        if body.get("tags"):
            pair_tags.set_tags(pair=pair, tags=body["tags"], actor=self.actor)
        response = pair_response(queries.get_pair(pair.name), status=201)
        response["Location"] = f"{request.path.rstrip('/')}/{pair.name}/"
        return response


class Pair(Door):
    """One pair."""

    required_role: ClassVar = {"GET": "viewer", "PATCH": "admin", "DELETE": "admin"}
    bodies: ClassVar = {"PATCH": bodies.PairChangeBody}
    answers: ClassVar = {"GET": pair_shapes.Pair, "PATCH": pair_shapes.Pair}
    statuses: ClassVar = {"DELETE": 204}
    asked: ClassVar = {
        "GET": (parameters.ETAG,),
        "PATCH": (parameters.IF_MATCH, parameters.ETAG),
        "DELETE": (parameters.IF_MATCH,),
    }

    def get(self, request: Request, name: str) -> Response:
        return pair_response(queries.get_pair(name))

    def patch(self, request: Request, name: str) -> Response:
        """Change a pair that no job is at work on."""
        pair = queries.get_pair(name)
        _require_fixed(pair, self.body)
        tables = self.body.get("route_table_ids")
        change = PairChange(
            route_table_ids=None if tables is None else tuple(tables),
            primary_instance_id=self.body.get("primary_instance_id"),
            standby_instance_id=self.body.get("standby_instance_id"),
            device_index=self.body.get("device_index"),
            probe=self.body.get("probe"),
            policy=self.body.get("policy"),
        )
        changed = pairs.update(
            pair=pair,
            change=change,
            actor=self.actor,
            if_match=request.headers.get("If-Match"),
        )
        if "tags" in self.body:
            tags = self.body["tags"]
            pair_tags.set_tags(pair=changed, tags=tags, actor=self.actor)
            changed = queries.get_pair(changed.name)
        return pair_response(changed)

    def delete(self, request: Request, name: str) -> Response:
        """Forget a pair; nothing moves in EC2."""
        pairs.delete(
            pair=queries.get_pair(name),
            actor=self.actor,
            if_match=request.headers.get("If-Match"),
        )
        return Response(status=204)


def _require_fixed(pair: models.Pair, body: dict[str, Any]) -> None:
    now = {name: str(getattr(pair, name)) for name in FIXED}
    now |= {"region": pair.region.name, "account": pair.region.account.name}
    errors = {
        name: ["It cannot be changed; make another pair."]
        for name, value in now.items()
        if name in body and (body[name] or "") != value
    }
    if errors:
        raise refusals.Invalid(errors=errors)
