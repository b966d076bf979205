"""What is said of a pair: its plan, what fits it, and what its role and guests need."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from failover.api import access_shapes, bodies, pair_shapes, parameters
from failover.api.door import Door
from failover.services import advising, fields, queries, refusals, swaps
from failover.services.accounts import least_privilege
from failover.services.guest import guides


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
