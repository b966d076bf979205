"""The AWS door: one signed form in, one XML document out."""

import re
import sys
import traceback
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from ec2sim.calls import Call
from ec2sim.errors import Ec2Error, ReplyGarbled, ReplyLost, ReplyNever, ReplySlow
from ec2sim.rules import tags
from ec2sim.rules.registry import ACTIONS
from ec2sim.wire import asking, identity, model, query, xml
from ec2sim.wire.breadth import Breadth
from ec2sim.world import Rule, World

Answer = tuple[int, str]
STS_ACTIONS = ("GetCallerIdentity", "AssumeRole", "DecodeAuthorizationMessage")
VERSION = "2016-11-15"
# Longer than any client's patience, so that a slow reply ends by itself.
HELD_S = 120.0


class Door:
    """Turns requests into calls of the world."""

    def __init__(self, world: World, sessions: identity.Sessions | None = None) -> None:
        self.world = world
        self.sessions = sessions or identity.Sessions()
        self._breadth = Breadth()

    def answer(self, body: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
        """Status, XML and request id. Raises ReplyLost, its kinds, and ReplyNever."""
        request_id = str(uuid.uuid4())
        service = "ec2"
        try:
            fields = parse_qsl(body, keep_blank_values=True)
            credential = _credential(fields, headers)
            if credential["service"] == "sts":
                service = "sts"
                status, text = self._sts(fields, credential["key"], request_id)
            else:
                status, text = self._ec2(fields, body, headers, request_id)
        except Ec2Error as problem:
            status, text = problem.status, self._error(problem, request_id, service)
        except (ReplyLost, ReplyNever):
            raise
        except Exception:  # noqa: BLE001 - a client must get XML whatever breaks here
            sys.stderr.write(traceback.format_exc())
            broken = Ec2Error("InternalError", "ec2sim itself has failed.")
            status, text = broken.status, self._error(broken, request_id, service)
        return status, text, request_id

    def _ec2(
        self,
        fields: list[tuple[str, str]],
        body: str,
        headers: Mapping[str, str],
        request_id: str,
    ) -> Answer:
        credential = _credential(fields, headers)
        action = dict(fields).get("Action", "")
        _check_version(fields, action)
        shape = asking.operation(action, region=credential["region"])
        account_id, session = self.sessions.account(
            credential["key"], now=self.world.clock.now()
        )
        call, refusal = asking.read(
            partial(_params, fields, shape.input_shape),
            account_id=account_id,
            region=credential["region"],
            action=action,
            request_id=request_id,
            session=session,
        )
        if refusal is not None:
            return self._own(call, shape, refusal)
        if action in ACTIONS and not _concerns_others(action, call.params):
            return self._own(call, shape, ACTIONS[action])
        return self._others(call, body, headers)

    def _own(self, call: Call, shape: Any, rule: Rule) -> Answer:
        """A call that ec2sim answers itself."""

        def written(reply: Any) -> Answer:
            text = xml.reply(
                call.action,
                shape.output_shape,
                reply,
                request_id=call.request_id,
                service="ec2",
            )
            return 200, text

        return self._asked(call, rule, written)

    def _others(self, call: Call, body: str, headers: Mapping[str, str]) -> Answer:
        """A call that moto answers."""

        def rule(region: Any, params: Any) -> Answer:
            return self._breadth.answer(
                region, params, action=call.action, body=body, headers=headers
            )

        # What moto answers is written already.
        return self._asked(call, rule, tuple)

    def _asked(
        self, call: Call, rule: Rule, written: Callable[[Any], Answer]
    ) -> Answer:
        """The world's answer, when it is slow after the wait for it."""
        try:
            return asking.answer(self.world, call, rule, written=written)
        except ReplySlow as slow:
            if not self.world.clock.wait_until(slow.due_at, at_most_s=HELD_S):
                raise ReplyLost from slow
            return self._outcome(call, slow.outcome)
        except ReplyGarbled as garbled:
            raise ReplyGarbled(self._outcome(call, garbled.outcome)) from garbled

    def _outcome(self, call: Call, outcome: Answer | Ec2Error) -> Answer:
        if isinstance(outcome, Ec2Error):
            return outcome.status, self._error(outcome, call.request_id, "ec2")
        return outcome

    def _sts(
        self, fields: list[tuple[str, str]], access_key: str, request_id: str
    ) -> Answer:
        given = dict(fields)
        action = given.get("Action", "")
        shape = model.operation("sts", action) if action in STS_ACTIONS else None
        if shape is None:
            raise Ec2Error(
                "InvalidAction", f"Could not find operation {action} for this service."
            )
        _check_writable(fields)
        required = () if shape.input_shape is None else shape.input_shape
        for name in getattr(required, "required_members", ()):
            if name not in given:
                raise Ec2Error("ValidationError", f"{name} is required")
        now = self.world.clock.now()
        if action == "GetCallerIdentity":
            reply = self.sessions.caller(access_key, now=now)
        elif action == "DecodeAuthorizationMessage":
            reply = identity.decode_authorization_message(given)
        else:
            reply = self.sessions.assume_role(
                given, caller=access_key, roles=self.world.roles, now=now
            )
        text = xml.reply(
            action, shape.output_shape, reply, request_id=request_id, service="sts"
        )
        return 200, text

    @staticmethod
    def _error(problem: Ec2Error, request_id: str, service: str) -> str:
        clean = Ec2Error(
            xml.UNSPEAKABLE.sub("?", problem.code),
            xml.UNSPEAKABLE.sub("?", problem.message),
            status=problem.status,
        )
        return xml.error(clean, request_id=request_id, service=service)


def _credential(
    fields: list[tuple[str, str]], headers: Mapping[str, str]
) -> re.Match[str]:
    """Who signed, in the header or in the query of a presigned request."""
    signed = headers.get("Authorization") or dict(fields).get("X-Amz-Credential", "")
    found = identity.CREDENTIAL.search(signed)
    if found is None:
        raise Ec2Error(
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        )
    return found


def _check_version(fields: list[tuple[str, str]], action: str) -> None:
    """Refuse a request without an action, or of a version that was never there."""
    if not action:
        raise Ec2Error("MissingAction", "The request is missing an action.")
    version = dict(fields).get("Version", VERSION)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", version) or version > VERSION:
        raise Ec2Error("NoSuchVersion", f"The requested version ({version}) is invalid")


def _params(fields: list[tuple[str, str]], shape: Any) -> dict[str, Any]:
    """The parameters of a form. Raises Ec2Error for one that makes no sense."""
    _check_writable(fields)
    return query.read(fields, shape)


def _check_writable(fields: list[tuple[str, str]]) -> None:
    """Refuse what no XML reply could ever tell."""
    for name, value in fields:
        if xml.UNSPEAKABLE.search(name) or xml.UNSPEAKABLE.search(value):
            raise query.unspeakable(xml.UNSPEAKABLE.sub("?", name))


def _concerns_others(action: str, params: Mapping[str, Any]) -> bool:
    """Whether tags are set on resources that moto keeps."""
    if action not in ("CreateTags", "DeleteTags"):
        return False
    return not any(tags.is_ours(each) for each in params["Resources"])
