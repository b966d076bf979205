"""Pairs, plans and swaps."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from failover import models, wiring
from failover.api import (
    access_shapes,
    bodies,
    door,
    job_shapes,
    pair_shapes,
    parameters,
)
from failover.api.door import Door
from failover.api.jobs import job_answer
from failover.services import (
    advising,
    fields,
    filters,
    pair_tags,
    pairs,
    probing,
    queries,
    refusals,
    regions,
    strategies,
    swaps,
)
from failover.services.accounts import least_privilege
from failover.services.guest import guides
from failover.services.idempotency import Answer
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


class Plan(Door):
    """What a swap would do now."""

    required_role: ClassVar = {"GET": "viewer"}
    asked: ClassVar = {"GET": (parameters.TO,)}
    answers: ClassVar = {"GET": pair_shapes.Plan}

    def read_query(self, request: Request) -> None:
        self.to = request.query_params.get("to") or None
        if self.to and not bodies.INSTANCE.match(self.to):
            raise refusals.Invalid(errors={"to": ["An instance id."]})

    def get(self, request: Request, name: str) -> Response:
        pair = queries.get_pair(name)
        return Response(swaps.get_plan(pair=pair, to=self.to).as_fields())


class Advice(Door):
    """Which strategies the pair's two instances allow, and what each means."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": pair_shapes.Advice}

    def get(self, request: Request, name: str) -> Response:
        return Response(advising.advise_pair(queries.get_pair(name)).as_fields())


class LeastPolicy(Door):
    """The least that the role must be allowed for this pair, as an IAM policy."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": access_shapes.PolicyDocument}

    def get(self, request: Request, name: str) -> Response:
        policy = least_privilege.write_policy(queries.get_pair(name))
        return Response(fields.as_fields(policy))


class GuestGuide(Door):
    """What the pair's two servers need that EC2 cannot give them, ready to copy."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": access_shapes.GuestGuide}

    def get(self, request: Request, name: str) -> Response:
        return Response(fields.as_fields(guides.write_guide(queries.get_pair(name))))


class Swap(Door):
    """Begin a swap."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.SwapBody}
    answers: ClassVar = {"POST": job_shapes.Job}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, name: str) -> HttpResponse:
        pair = queries.get_pair(name)
        return self.start(
            lambda keep: swaps.request_swap(
                pair=pair, actor=self.actor, on_created=keep, **self.body
            ),
            job_answer,
        )


class Swaps(Door):
    """Begin a swap of each of several pairs."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.SwapsBody}
    answers: ClassVar = {"POST": job_shapes.Swaps}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request) -> HttpResponse:
        names = list(dict.fromkeys(self.body["pairs"]))
        known = queries.get_pairs(names)

        def answer(batch: swaps.Batch) -> Answer:
            unknown = [
                (n, refusals.NotFound(what="pair", id=n))
                for n in names
                if n not in known
            ]
            accepted = queries.view_jobs(batch.accepted)
            return door.render(
                {
                    "accepted": [fields.as_fields(job) for job in accepted],
                    "refused": [
                        {**refusal.as_problem(), "pair": name}
                        for name, refusal in (*batch.refused, *unknown)
                    ],
                },
                status=202,
            )

        return self.start(
            lambda keep: swaps.request_many(
                pairs=[known[n] for n in names if n in known],
                actor=self.actor,
                reason=self.body.get("reason", ""),
                force=self.body.get("force", False),
                on_created=keep,
            ),
            answer,
        )


class PutBack(Door):
    """Begin a swap to the desired holder."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.PutBackBody}
    answers: ClassVar = {"POST": job_shapes.Job}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, name: str) -> HttpResponse:
        pair = queries.get_pair(name)
        return self.start(
            lambda keep: pairs.put_back(
                pair=pair,
                actor=self.actor,
                reason=self.body.get("reason", ""),
                on_created=keep,
            ),
            job_answer,
        )


class Freeze(Door):
    """No swap may start until the pair is unfrozen."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.FreezeBody}
    answers: ClassVar = {"POST": pair_shapes.Pair}

    def post(self, request: Request, name: str) -> Response:
        pair = queries.get_pair(name)
        until = self.body.get("until")
        if until is not None and until <= wiring.now():
            raise refusals.Invalid(errors={"until": ["It is already past."]})
        frozen = pairs.freeze(
            pair=pair, actor=self.actor, reason=self.body["reason"], until=until
        )
        return pair_response(frozen)


class Unfreeze(Door):
    """Lift the freeze."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": pair_shapes.Pair}

    def post(self, request: Request, name: str) -> Response:
        pair = queries.get_pair(name)
        return pair_response(pairs.unfreeze(pair=pair, actor=self.actor))


class Adopt(Door):
    """Take where the resource is now as where it should be."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": pair_shapes.Pair}

    def post(self, request: Request, name: str) -> Response:
        pair = queries.get_pair(name)
        return pair_response(pairs.adopt(pair=pair, actor=self.actor))


class Acknowledge(Door):
    """Put on record that a human has seen it."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.AcknowledgeBody}
    answers: ClassVar = {"POST": pair_shapes.Pair}

    def post(self, request: Request, name: str) -> Response:
        pair = queries.get_pair(name)
        acknowledged = pairs.acknowledge(
            pair=pair, actor=self.actor, comment=self.body["comment"]
        )
        return pair_response(acknowledged)


class Probe(Door):
    """Ask the pair's service once, where it is met now."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": pair_shapes.Tried}

    def post(self, request: Request, name: str) -> Response:
        pair = queries.get_pair(name)
        return Response(probing.try_now(pair=pair, actor=self.actor).as_fields())


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
