"""Reading the parameters of a call: EC2's flat form fields, or a program's values.

Both go by EC2's model and are refused with the same codes, so that what works by one
door works by the other.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from ec2sim.errors import Ec2Error
from ec2sim.wire.xml import UNSPEAKABLE

COMMON = frozenset(
    {
        "Action",
        "Version",
        "AWSAccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "Timestamp",
        "Expires",
        "SecurityToken",
    }
)
WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def read(fields: Iterable[tuple[str, str]], shape: Any) -> dict[str, Any]:
    """The parameters in a form. Raises Ec2Error: unknown, missing or wrong ones."""
    tree: dict[str, Any] = {}
    for name, value in fields:
        if name in COMMON or name.startswith("X-Amz-"):
            continue
        _plant(tree, name.split("."), value, name)
    if shape is None:
        return {}
    found: dict[str, Any] = _reader(shape).tree(tree, "")
    return found


def check(params: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """The parameters that a program gives, as a form would bring them.

    What a form cannot say is left out: None, empty lists and empty structures.
    Raises Ec2Error just as `read` does.
    """
    if shape is None:
        return {}
    found: dict[str, Any] = _reader(shape).value(params, "")
    return found


def wire_name(member: Any, name: str) -> str:
    """How a member is called in a request of the ec2 protocol."""
    serialization = member.serialization
    if "queryName" in serialization:
        return str(serialization["queryName"])
    written = str(serialization.get("name", name))
    return written[0].upper() + written[1:]


def unspeakable(name: str) -> Ec2Error:
    """The refusal of a value that no XML reply could tell."""
    return Ec2Error(
        "InvalidParameterValue",
        f"The value of parameter {name} contains characters that are not allowed.",
    )


def _plant(tree: dict[str, Any], path: list[str], value: str, name: str) -> None:
    for step in path[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            raise _unknown(name)
        tree = below
    if isinstance(tree.get(path[-1]), dict):
        raise _unknown(name)
    tree[path[-1]] = value


class _Reader(Protocol):
    """Reads one shape, out of a form's tree or out of a program's value."""

    def tree(self, tree: Any, path: str) -> Any: ...
    def value(self, value: Any, path: str) -> Any: ...


# Within EC2's model the name of a shape stands for its content.
_made: dict[str, _Reader] = {}


def _reader(shape: Any) -> _Reader:
    made = _made.get(shape.name)
    if made is None:
        kinds: dict[str, Any] = {"structure": _Structure, "list": _List}
        made = _made[shape.name] = kinds.get(shape.type_name, _Scalar)(shape)
    return made


class _Structure:
    def __init__(self, shape: Any) -> None:
        self._members = dict(shape.members)
        self._written = {
            name: wire_name(member, name) for name, member in shape.members.items()
        }
        self._names = {written: name for name, written in self._written.items()}
        self._required = list(shape.required_members)

    def tree(self, tree: Any, path: str) -> dict[str, Any]:
        if not isinstance(tree, dict):
            raise _unknown(path.rstrip("."))
        found: dict[str, Any] = {}
        for written, below in tree.items():
            name = self._names.get(written)
            if name is None:
                raise _unknown(f"{path}{written}")
            member = self._members[name]
            found[name] = _reader(member).tree(below, _below(member, path, written))
        return self._complete(found)

    def value(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _unknown(path.rstrip("."))
        found: dict[str, Any] = {}
        for name, given in value.items():
            if given is None:
                continue
            member = self._members.get(name)
            if member is None:
                raise _unknown(f"{path}{name}")
            below = _below(member, path, self._written[name])
            meant = _reader(member).value(given, below)
            if meant or not isinstance(meant, dict | list):
                found[name] = meant
        return self._complete(found)

    def _complete(self, found: dict[str, Any]) -> dict[str, Any]:
        for name in self._required:
            if name not in found:
                shown = name[0].lower() + name[1:]
                raise Ec2Error(
                    "MissingParameter",
                    f"The request must contain the parameter {shown}",
                )
        return found


def _below(member: Any, path: str, written: str) -> str:
    return f"{path}{written}." if member.type_name == "structure" else path + written


class _List:
    def __init__(self, shape: Any) -> None:
        self._member = shape.member
        self._dot = "." if shape.member.type_name == "structure" else ""

    def tree(self, tree: Any, path: str) -> list[Any]:
        if tree == "":
            return []
        if not isinstance(tree, dict):
            raise _unknown(path)
        places = {}
        for written, below in tree.items():
            # A number of any length is a form's right, but not a reason to count on.
            if not written.isdecimal() or len(written) > 9 or int(written) < 1:
                raise _unknown(f"{path}.{written}")
            places[int(written)] = below
        reader = _reader(self._member)
        return [
            reader.tree(places[place], f"{path}.{place}{self._dot}")
            for place in sorted(places)
        ]

    def value(self, value: Any, path: str) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise _unknown(path)
        reader = _reader(self._member)
        read = [
            reader.value(each, f"{path}.{place}{self._dot}")
            for place, each in enumerate(value, start=1)
        ]
        return [each for each in read if each or not isinstance(each, dict | list)]


class _Scalar:
    def __init__(self, shape: Any) -> None:
        self._kind = shape.type_name
        self._least = shape.metadata.get("min")
        self._most = shape.metadata.get("max")

    def tree(self, tree: Any, path: str) -> Any:
        if not isinstance(tree, str):
            raise _unknown(path)
        return self._text(tree, path)

    def value(self, value: Any, path: str) -> Any:
        if self._kind == "blob" and isinstance(value, str | bytes):
            whole = value.encode() if isinstance(value, str) else value
            return base64.b64encode(whole).decode()
        if isinstance(value, str):
            if UNSPEAKABLE.search(value):
                raise unspeakable(path)
            return self._text(value, path)
        if isinstance(value, Mapping | list | tuple):
            raise _unknown(path)
        if isinstance(value, bool):
            return value if self._kind == "boolean" else self._text(str(value), path)
        if isinstance(value, datetime):
            return self._text(value.isoformat(), path)
        return self._text(str(value), path)

    def _text(self, text: str, path: str) -> Any:
        try:
            match self._kind:
                case "integer" | "long":
                    return self._within(_whole(text), path)
                case "float" | "double":
                    return float(text)
                case "boolean":
                    return _TRUTHS[text.lower()]
                case "timestamp":
                    datetime.fromisoformat(text)
        except (KeyError, ValueError) as error:
            raise _wrong(text, path) from error
        return text

    def _within(self, number: int, path: str) -> int:
        least = self._least if self._least is not None else number
        most = self._most if self._most is not None else number
        if least <= number <= most:
            return number
        shown = path[0].lower() + path[1:]
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ( {number} ) for parameter {shown} is invalid. Expecting a "
            f"value between {least} and {most}.",
        )


def _whole(text: str) -> int:
    if not WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


_TRUTHS = {"true": True, "false": False}


def _unknown(path: str) -> Ec2Error:
    return Ec2Error("UnknownParameter", f"The parameter {path} is not recognized")


def _wrong(text: str, path: str) -> Ec2Error:
    return Ec2Error(
        "InvalidParameterValue", f"Invalid value '{text}' for parameter {path}."
    )
