"""Any call to EC2 as the command line of AWS's own tool that makes it; pure.

What leaves here is pasted into a shell by somebody who trusts it, and tags, names and
descriptions are written by others. So every word is quoted for the shell, and where a
value is more than plain text (it does not print, or AWS's tool would fetch it as a
file or an address) the whole call goes as JSON in ASCII.
"""

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from failover.engine.job import Action

# AWS's tool reads such a value from a file or an address instead of taking it.
FETCHED = ("file://", "fileb://", "http://", "https://")
# User data is text of many lines, and a shell's quotes keep those.
OF_MANY_LINES = frozenset({"UserData"})


def render(operation: str, args: Mapping[str, Any], *, region: str) -> str:
    """`aws ec2 …` for EC2's operation of this name, with arguments by EC2's names."""
    words = ["aws", "ec2", _dashed(operation), "--region", region]
    if any(_is_odd(name, value) for name, value in args.items()):
        words += ["--cli-input-json", json.dumps(dict(args))]
    else:
        words += _options(operation, args)
    return " ".join(shlex.quote(word) for word in words)


def render_call(action: str, args: Mapping[str, Any], *, region: str) -> str:
    """The same for a call of a job, as its plan or its intent tells of it."""
    return render(action, _as_ec2(action, args), region=region)


def _as_ec2(action: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """What a job tells of its call, as EC2 takes it."""
    told = dict(args)
    if action == Action.ASSIGN:
        told["PrivateIpAddresses"] = [told.pop("PrivateIpAddress")]
    if action == Action.MODIFY:
        told["Attachment"] = {
            "AttachmentId": told.pop("AttachmentId"),
            "DeleteOnTermination": False,
        }
    if action in (Action.DETACH, Action.MODIFY):
        # The interface says which attachment is meant; EC2 takes that alone.
        told = {n: v for n, v in told.items() if n not in _implied(action)}
    return told


def _implied(action: str) -> tuple[str, ...]:
    return ("NetworkInterfaceId", "InstanceId") if action == Action.DETACH else ()


def _options(operation: str, args: Mapping[str, Any]) -> list[str]:
    words: list[str] = []
    if operation == "RunInstances" and "MinCount" in args:
        args = {n: v for n, v in args.items() if n not in ("MinCount", "MaxCount")} | {
            "Count": args["MaxCount"]
        }
    for name, value in args.items():
        option = f"--{_dashed(name)}"
        match value:
            case {"Value": bool() as flag}:
                words.append(option if flag else f"--no-{_dashed(name)}")
            case bool():
                words.append(option if value else f"--no-{_dashed(name)}")
            case str() | int() | float():
                # Joined, so that a value may begin with a dash.
                words.append(f"{option}={value}")
            case list() | tuple() if all(isinstance(v, str) for v in value):
                words += [option, *value]
            case _:
                words += [option, json.dumps(value)]
    return words


def _is_odd(name: str, value: Any) -> bool:
    """Whether a value of the top level must not stand in an option of its own.

    What is nested becomes JSON in ASCII anyway.
    """
    if isinstance(value, str):
        text = value
        if name in OF_MANY_LINES:
            text = text.replace("\n", "").replace("\t", "")
        return text.startswith(FETCHED) or not text.isprintable()
    if isinstance(value, Sequence):
        return any(isinstance(v, str) and _is_odd_item(v) for v in value)
    return False


def _is_odd_item(text: str) -> bool:
    return text.startswith(("-", *FETCHED)) or not text.isprintable()


def _dashed(name: str) -> str:
    """`PrivateIpAddress` as `private-ip-address`."""
    return "".join(_letters(name)).lstrip("-")


def _letters(name: str) -> Iterable[str]:
    for letter in name:
        yield f"-{letter.lower()}" if letter.isupper() else letter
