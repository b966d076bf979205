"""The door without HTTP: calls of EC2 inside one process, by the very same rules.

Latency, throttling, faults, zone outages and the log are those of the world, and the
parameters are read by EC2's own model, as the HTTP door reads them. There is no XML,
no socket and no thread, so that a simulation can make ten thousand calls a second.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ec2sim.calls import Call
from ec2sim.errors import Ec2Error
from ec2sim.rules.registry import ACTIONS
from ec2sim.wire import asking, query
from ec2sim.world import DEFAULT_ACCOUNT, World

Copier = Callable[[Any], Any]


class Client:
    """Calls of one account in one region. Any thread may use it."""

    def __init__(
        self,
        world: World,
        *,
        account_id: str = DEFAULT_ACCOUNT,
        region: str = "eu-west-1",
        session: str | None = None,
        new_request_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self.world = world
        self.account_id = account_id
        self.region = region
        self._session = session
        self._new_request_id = new_request_id

    def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        """The reply to a call, as botocore would have parsed it.

        Parameters and reply have botocore's names and types; the reply is the
        caller's own. Raises Ec2Error where boto3 raises ClientError, ReplyLost where
        the connection closes or brings nonsense, and ReplyNever where it stays silent;
        of that ReplySlow has the reply, or the Ec2Error, and when it would come.
        """
        operation = asking.operation(action, region=self.region)
        call, refusal = asking.read(
            partial(query.check, params, operation.input_shape),
            account_id=self.account_id,
            region=self.region,
            action=action,
            request_id=self._new_request_id(),
            session=self._session,
        )
        rule = refusal or ACTIONS.get(action)
        if rule is None:
            raise Ec2Error(
                "UnsupportedOperation", f"{action} is answered over HTTP only."
            )
        written = partial(_shown, operation, call)
        return asking.answer(self.world, call, rule, written=written)


def _shown(operation: Any, call: Call, reply: Any) -> dict[str, Any]:
    shape = operation.output_shape
    shown: dict[str, Any] = {} if shape is None else _copier(shape)(reply)
    shown["ResponseMetadata"] = {
        "RequestId": call.request_id,
        "HTTPStatusCode": 200,
        "HTTPHeaders": {},
        "RetryAttempts": 0,
    }
    return shown


# Within EC2's model the name of a shape stands for its content.
_made: dict[str, Copier] = {}


def _copier(shape: Any) -> Copier:
    """What copies a value of a shape as far as XML would have carried it."""
    made = _made.get(shape.name)
    if made is None:
        if shape.type_name == "structure":
            made = _structure(shape)
        elif shape.type_name == "list":
            made = _list(shape)
        else:
            made = _SCALARS.get(shape.type_name, str)
        _made[shape.name] = made
    return made


def _structure(shape: Any) -> Copier:
    members = dict(shape.members)
    copiers: dict[str, Copier] = {}

    def copy(values: dict[str, Any]) -> dict[str, Any]:
        copied = {}
        for name, value in values.items():
            if value is None:
                continue
            copier = copiers.get(name)
            if copier is None:
                if name not in members:
                    continue
                copier = copiers[name] = _copier(members[name])
            copied[name] = copier(value)
        return copied

    return copy


def _list(shape: Any) -> Copier:
    member = shape.member

    def copy(values: Any) -> list[Any]:
        copier = _copier(member)
        return [copier(value) for value in values]

    return copy


def _moment(value: Any) -> datetime:
    """A moment in whole milliseconds, which is what a reply over HTTP has."""
    if isinstance(value, int | float):
        at = datetime.fromtimestamp(value, tz=UTC)
    else:
        at = datetime.fromisoformat(value)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


_SCALARS: dict[str, Copier] = {
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "timestamp": _moment,
}
