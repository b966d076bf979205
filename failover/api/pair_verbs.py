"""What is done with pairs: swapped, put back, frozen, adopted, acknowledged, probed."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from failover import wiring
from failover.api import bodies, door, job_shapes, pair_shapes
from failover.api.door import Door
from failover.api.jobs import job_answer
from failover.api.pairs import pair_response
from failover.services import fields, pairs, probing, queries, refusals, swaps
from failover.services.idempotency import Answer


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
