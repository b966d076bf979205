"""What both doors do with a call: find its model, read it, and ask the world."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from ec2sim.calls import Call
from ec2sim.errors import Ec2Error, ReplyGarbled, ReplySlow
from ec2sim.rules import zones
from ec2sim.wire import model
from ec2sim.world import Rule, World

T = TypeVar("T")


def operation(action: str, *, region: str) -> Any:
    """The model of a call. Raises Ec2Error where the call or the region is none."""
    found = model.operation("ec2", action)
    if found is None:
        raise Ec2Error(
            "InvalidAction", f"The action {action} is not valid for this web service."
        )
    if not zones.REGION_NAME.match(region):
        raise Ec2Error("AuthFailure", f"The region {region} is not valid.")
    return found


def read(
    params: Callable[[], Mapping[str, Any]],
    *,
    account_id: str,
    region: str,
    action: str,
    request_id: str,
    session: str | None,
) -> tuple[Call, Rule | None]:
    """The call, and where `params` raises Ec2Error the rule that answers with it.

    A call that makes no sense was asked all the same, so it spends its token and is
    logged like any other.
    """
    refusal: Rule | None = None
    given: Mapping[str, Any] = {}
    try:
        given = params()
    except Ec2Error as refused:
        refusal = partial(_refuse, refused)
    call = Call(
        account_id=account_id,
        region=region,
        action=action,
        params=given,
        request_id=request_id,
        session=session,
    )
    return call, refusal


def answer(world: World, call: Call, rule: Rule, *, written: Callable[[Any], T]) -> T:
    """The reply to a call, as `written` makes it of the rule's.

    Raises what the world raises; a reply inside ReplySlow or ReplyGarbled is written
    as well, and an Ec2Error inside them is left as it is.
    """
    try:
        return written(world.call(call, rule))
    except ReplySlow as slow:
        raise ReplySlow(slow.due_at, _outcome(slow.outcome, written)) from slow
    except ReplyGarbled as garbled:
        raise ReplyGarbled(_outcome(garbled.outcome, written)) from garbled


def _outcome(outcome: Any, written: Callable[[Any], Any]) -> Any:
    return outcome if isinstance(outcome, Ec2Error) else written(outcome)


def _refuse(error: Ec2Error, _region: Any, _params: Any) -> Any:
    """The rule of a call that makes no sense."""
    raise error
