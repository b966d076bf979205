"""The errors that ec2sim answers although the call itself was right."""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

from ec2sim.errors import Ec2Error, ReplyBare, ReplyLost
from ec2sim.faults import fault as faults
from ec2sim.faults.fault import Fault, Target


def before(fault: Fault, target: Target) -> Exception | None:
    """How a fault ends a call before anything is applied, if it does."""
    if fault.kind.startswith(faults.REFUSE):
        code = fault.kind.removeprefix(faults.REFUSE)
        if code == "UnauthorizedOperation" and fault.message is None:
            return unauthorized(target)
        said = fault.message or f"{target.action} is refused by the plan of faults."
        return Ec2Error(code, said)
    if fault.kind.startswith(faults.BARE_BEFORE):
        return ReplyBare(int(fault.kind.removeprefix(faults.BARE_BEFORE)))
    ends: dict[str, Callable[[], Exception]] = {
        "throttle": throttled,
        "unauthorized": lambda: unauthorized(target),
        "error-before": internal,
        "drop-before": ReplyLost,
    }
    return ends[fault.kind]() if fault.kind in ends else None


def throttled() -> Ec2Error:
    """The answer to one call too many."""
    return Ec2Error("RequestLimitExceeded", "Request limit exceeded.")


def internal() -> Ec2Error:
    """The answer that leaves open whether anything has happened."""
    return Ec2Error("InternalError", "An internal error has occurred")


def unauthorized(target: Target) -> Ec2Error:
    """The answer to a call that the caller's policies do not allow.

    EC2 adds what went wrong in a form that only sts:DecodeAuthorizationMessage reads.
    """
    return Ec2Error(
        "UnauthorizedOperation",
        "You are not authorized to perform this operation. Encoded authorization "
        f"failure message: {encoded(target)}",
    )


def encoded(target: Target) -> str:
    """What was not allowed, sealed as in EC2's message."""
    told = {
        "allowed": False,
        "explicitDeny": False,
        "matchedStatements": {"items": []},
        "failures": {"items": []},
        "context": {
            "principal": {"account": target.account, "session": target.session},
            "action": f"ec2:{target.action}",
            "resource": list(target.resources),
            "conditions": {"items": [{"key": "ec2:Region", "value": target.region}]},
        },
    }
    packed = zlib.compress(json.dumps(told).encode())
    return base64.urlsafe_b64encode(packed).decode()


def decoded(message: str) -> str | None:
    """The JSON inside an encoded message, or None when it is none of ours."""
    try:
        told: Any = zlib.decompress(base64.urlsafe_b64decode(message.encode()))
        return str(told.decode())
    except (ValueError, zlib.error):
        return None
