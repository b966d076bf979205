"""Writing EC2's replies: members to XML, by the output shapes of its model."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from ec2sim.errors import Ec2Error
from ec2sim.rules.listing import timestamp

NAMESPACES = {
    "ec2": "http://ec2.amazonaws.com/doc/2016-11-15/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
Writer = Callable[[Any, list[str]], None]


def reply(
    action: str, shape: Any, members: dict[str, Any], *, request_id: str, service: str
) -> str:
    """A whole reply; members that the shape does not have are left out."""
    parts: list[str] = [HEAD, f'<{action}Response xmlns="{NAMESPACES[service]}">']
    if service == "ec2":
        parts.append(f"<requestId>{request_id}</requestId>")
        if shape is None or not shape.members:
            parts.append("<return>true</return>")
        else:
            _writer(shape)(members, parts)
    else:
        parts.append(f"<{action}Result>")
        _writer(shape)(members, parts)
        parts.append(f"</{action}Result><ResponseMetadata><RequestId>{request_id}")
        parts.append("</RequestId></ResponseMetadata>")
    parts.append(f"</{action}Response>")
    return "".join(parts)


def error(problem: Ec2Error, *, request_id: str, service: str) -> str:
    """The body of an error, as EC2 and STS write it."""
    code, message = escape(problem.code), escape(problem.message)
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    if service == "ec2":
        return (
            f"{HEAD}<Response><Errors><Error>{inner}</Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    return (
        f'{HEAD}<ErrorResponse xmlns="{NAMESPACES["sts"]}"><Error><Type>Sender</Type>'
        f"{inner}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )


@lru_cache(maxsize=4096)
def _compiled(_name: str, shape: Any) -> Writer:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape)
    if kind == "list":
        return _list(shape)
    return _SCALARS.get(kind, _text)


def _writer(shape: Any) -> Writer:
    return _compiled(shape.name, shape)


def _structure(shape: Any) -> Writer:
    tags = {
        name: (member.serialization.get("name", name), member)
        for name, member in shape.members.items()
    }
    writers: dict[str, tuple[str, str, Writer]] = {}

    def write(members: dict[str, Any], parts: list[str]) -> None:
        for name, value in members.items():
            if value is None or name not in tags:
                continue
            known = writers.get(name)
            if known is None:
                tag, member = tags[name]
                known = (f"<{tag}>", f"</{tag}>", _writer(member))
                writers[name] = known
            opening, closing, writer = known
            parts.append(opening)
            writer(value, parts)
            parts.append(closing)

    return write


def _list(shape: Any) -> Writer:
    tag = shape.member.serialization.get("name", "item")
    opening, closing = f"<{tag}>", f"</{tag}>"
    member = shape.member

    def write(values: list[Any], parts: list[str]) -> None:
        writer = _writer(member)
        for value in values:
            parts.append(opening)
            writer(value, parts)
            parts.append(closing)

    return write


def _text(value: Any, parts: list[str]) -> None:
    parts.append(escape(str(value)))


def _boolean(value: Any, parts: list[str]) -> None:
    parts.append("true" if value else "false")


def _timestamp(value: Any, parts: list[str]) -> None:
    parts.append(timestamp(value) if isinstance(value, int | float) else str(value))


_SCALARS: dict[str, Writer] = {"boolean": _boolean, "timestamp": _timestamp}
