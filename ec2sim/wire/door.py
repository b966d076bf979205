"""The AWS door: one signed form in, one XML document out."""

import sys
import traceback
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from ec2sim.calls import Call
from ec2sim.errors import Ec2Error, ReplyLost, ReplyNever
from ec2sim.rules import tags, zones
from ec2sim.rules.registry import ACTIONS
from ec2sim.wire import identity, model, query, xml
from ec2sim.wire.breadth import Breadth
from ec2sim.world import World

Answer = tuple[int, str]
STS_ACTIONS = ("GetCallerIdentity", "AssumeRole")


class Door:
    """Turns requests into calls of the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sessions = identity.Sessions()
        self._breadth = Breadth()

    def answer(self, body: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
        """Status, XML and request id. Raises ReplyLost and ReplyNever."""
        request_id = str(uuid.uuid4())
        service = "ec2"
        try:
            credential = identity.CREDENTIAL.search(headers.get("Authorization") or "")
            if credential is None:
                raise Ec2Error(
                    "AuthFailure",
                    "AWS was not able to validate the provided access credentials",
                )
            if credential["service"] == "sts":
                service = "sts"
                status, text = self._sts(body, credential["key"], request_id)
            else:
                status, text = self._ec2(body, headers, credential, request_id)
        except Ec2Error as problem:
            status = problem.status
            text = xml.error(problem, request_id=request_id, service=service)
        except (ReplyLost, ReplyNever):
            raise
        except Exception:  # noqa: BLE001 - a client must get XML whatever breaks here
            sys.stderr.write(traceback.format_exc())
            broken = Ec2Error("InternalError", "ec2sim itself has failed.")
            status = broken.status
            text = xml.error(broken, request_id=request_id, service=service)
        return status, text, request_id

    def _ec2(
        self, body: str, headers: Mapping[str, str], credential: Any, request_id: str
    ) -> Answer:
        fields = parse_qsl(body, keep_blank_values=True)
        action = dict(fields).get("Action", "")
        if not action:
            raise Ec2Error("MissingAction", "The request is missing an action.")
        shape = model.operation("ec2", action)
        if shape is None:
            raise Ec2Error(
                "InvalidAction",
                f"The action {action} is not valid for this web service.",
            )
        if not zones.REGION_NAME.match(credential["region"]):
            raise Ec2Error(
                "AuthFailure", f"The region {credential['region']} is not valid."
            )
        account_id, session = self.sessions.account(credential["key"])
        params = query.read(fields, shape.input_shape)
        call = Call(
            account_id=account_id,
            region=credential["region"],
            action=action,
            params=params,
            request_id=request_id,
            session=session,
        )
        if action in ACTIONS and not _concerns_others(action, params):
            reply = self.world.call(call, ACTIONS[action])
            text = xml.reply(
                action,
                shape.output_shape,
                reply,
                request_id=request_id,
                service="ec2",
            )
            return 200, text
        answered: Answer = self.world.call(
            call,
            lambda _region, _params: self._breadth.answer(
                body, headers, account_id=account_id, action=action
            ),
        )
        return answered

    def _sts(self, body: str, access_key: str, request_id: str) -> Answer:
        fields = dict(parse_qsl(body, keep_blank_values=True))
        action = fields.get("Action", "")
        shape = model.operation("sts", action) if action in STS_ACTIONS else None
        if shape is None:
            raise Ec2Error(
                "InvalidAction", f"Could not find operation {action} for this service."
            )
        for name in shape.input_shape.required_members:
            if name not in fields:
                raise Ec2Error("ValidationError", f"{name} is required")
        if action == "GetCallerIdentity":
            reply = self.sessions.caller(access_key)
        else:
            reply = self.sessions.assume_role(fields, now=self.world.clock.now())
        text = xml.reply(
            action, shape.output_shape, reply, request_id=request_id, service="sts"
        )
        return 200, text


def _concerns_others(action: str, params: Mapping[str, Any]) -> bool:
    """Whether tags are set on resources that moto keeps."""
    if action not in ("CreateTags", "DeleteTags"):
        return False
    return not any(tags.is_ours(each) for each in params["Resources"])
