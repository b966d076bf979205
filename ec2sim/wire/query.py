"""Reading EC2's query protocol: flat form fields to members of the right type."""

from collections.abc import Iterable, Mapping
from typing import Any

from ec2sim.errors import Ec2Error

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


def read(fields: Iterable[tuple[str, str]], shape: Any) -> dict[str, Any]:
    """The parameters of a call. Raises Ec2Error: unknown, missing or wrong ones."""
    tree: dict[str, Any] = {}
    for name, value in fields:
        if name in COMMON or name.startswith("X-Amz-"):
            continue
        _plant(tree, name.split("."), value, name)
    if shape is None:
        return {}
    return _structure(tree, shape, "")


def _plant(tree: dict[str, Any], path: list[str], value: str, name: str) -> None:
    for step in path[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            raise _unknown(name)
        tree = below
    if isinstance(tree.get(path[-1]), dict):
        raise _unknown(name)
    tree[path[-1]] = value


def _structure(tree: Any, shape: Any, path: str) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise _unknown(path)
    found: dict[str, Any] = {}
    known = {wire_name(member, name): name for name, member in shape.members.items()}
    for written, below in tree.items():
        name = known.get(written)
        if name is None:
            raise _unknown(f"{path}{written}")
        found[name] = _value(below, shape.members[name], f"{path}{written}")
    for name in shape.required_members:
        if name not in found:
            shown = name[0].lower() + name[1:]
            raise Ec2Error(
                "MissingParameter", f"The request must contain the parameter {shown}"
            )
    return found


def wire_name(member: Any, name: str) -> str:
    """How a member is called in a request of the ec2 protocol."""
    serialization = member.serialization
    if "queryName" in serialization:
        return str(serialization["queryName"])
    written = str(serialization.get("name", name))
    return written[0].upper() + written[1:]


def _value(tree: Any, shape: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(tree, shape, f"{path}.")
    if kind == "list":
        return _list(tree, shape, path)
    if not isinstance(tree, str):
        raise _unknown(path)
    if kind in ("integer", "long"):
        return _whole(tree, path)
    if kind in ("float", "double"):
        return _decimal(tree, path)
    if kind == "boolean":
        if tree.lower() not in ("true", "false"):
            raise _wrong(tree, path)
        return tree.lower() == "true"
    return tree


def _list(tree: Any, shape: Any, path: str) -> list[Any]:
    if not isinstance(tree, Mapping):
        if tree == "":
            return []
        raise _unknown(path)
    places = {}
    for written, below in tree.items():
        if not written.isdecimal() or int(written) < 1:
            raise _unknown(f"{path}.{written}")
        places[int(written)] = below
    return [
        _value(places[place], shape.member, f"{path}.{place}")
        for place in sorted(places)
    ]


def _whole(text: str, path: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise _wrong(text, path) from error


def _decimal(text: str, path: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise _wrong(text, path) from error


def _unknown(path: str) -> Ec2Error:
    return Ec2Error("UnknownParameter", f"The parameter {path} is not recognized")


def _wrong(text: str, path: str) -> Ec2Error:
    return Ec2Error(
        "InvalidParameterValue", f"Invalid value '{text}' for parameter {path}."
    )
