"""Writing EC2's replies: members to XML, by the output shapes of its model."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax import saxutils

from ec2sim.errors import Ec2Error
from ec2sim.rules.listing import Drawn, timestamp

NAMESPACES = {
    "ec2": "http://ec2.amazonaws.com/doc/2016-11-15/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What XML 1.0 has no way to write, surrogates included, and what it writes otherwise.
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile(f"[&<>\r{UNSPEAKABLE.pattern[1:]}")
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
            writer = _WRITERS[service].of(shape)
            writer(members, parts)
    else:
        parts.append(f"<{action}Result>")
        _WRITERS[service].of(shape)(members, parts)
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


class Writers:
    """The writers of one service's shapes, each made once, when it is first needed.

    Within a service the name of a shape stands for its content.
    """

    def __init__(self) -> None:
        self._made: dict[str, Writer] = {}

    def of(self, shape: Any) -> Writer:
        """The writer of a shape."""
        made = self._made.get(shape.name)
        if made is None:
            made = self._made[shape.name] = self._make(shape)
        return made

    def _make(self, shape: Any) -> Writer:
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape)
        if kind == "list":
            return self._list(shape)
        return _SCALARS.get(kind, _text)

    def _structure(self, shape: Any) -> Writer:
        members = dict(shape.members)
        # A text, which most members are, is written in place: its writer is None.
        writers: dict[str, tuple[str, str, Writer | None]] = {}

        def write(values: dict[str, Any], parts: list[str]) -> None:
            for name, value in values.items():
                if value is None:
                    continue
                known = writers.get(name)
                if known is None:
                    if name not in members:
                        continue
                    known = writers[name] = self._tagged(name, members[name])
                opening, closing, writer = known
                if writer is None:
                    text = value if type(value) is str else str(value)
                    if SPECIAL.search(text):
                        text = escape(text)
                    parts.append(f"{opening}{text}{closing}")
                    continue
                parts.append(opening)
                writer(value, parts)
                parts.append(closing)

        return write

    def _tagged(self, name: str, member: Any) -> tuple[str, str, Writer | None]:
        tag = member.serialization.get("name", name)
        writer = self.of(member)
        return f"<{tag}>", f"</{tag}>", None if writer is _text else writer

    def _list(self, shape: Any) -> Writer:
        member = shape.member
        tag = member.serialization.get("name", "item")
        opening, closing = f"<{tag}>", f"</{tag}>"

        def write(values: Iterable[Any], parts: list[str]) -> None:
            writer = self.of(member)
            if isinstance(values, Drawn):
                parts += _kept(values, writer, opening, closing)
                return
            for value in values:
                parts.append(opening)
                writer(value, parts)
                parts.append(closing)

        return write


def _kept(
    drawn: Drawn[Any], writer: Writer, opening: str, closing: str
) -> Iterable[str]:
    """Each row's text, written once for each version of the row."""
    for row in drawn.rows:
        text = drawn.table.written(row)
        if text is None:
            parts = [opening]
            writer(drawn.draw(row), parts)
            parts.append(closing)
            text = "".join(parts)
            drawn.table.keep_written(row, text)
        yield text


def escape(text: str) -> str:
    """Text for XML; a character that XML cannot hold becomes a question mark."""
    # A bare carriage return would be read as a newline.
    return UNSPEAKABLE.sub("?", saxutils.escape(text, {"\r": "&#13;"}))


def _text(value: Any, parts: list[str]) -> None:
    parts.append(escape(str(value)))


def _boolean(value: Any, parts: list[str]) -> None:
    parts.append("true" if value else "false")


def _timestamp(value: Any, parts: list[str]) -> None:
    parts.append(timestamp(value) if isinstance(value, int | float) else str(value))


_SCALARS: dict[str, Writer] = {"boolean": _boolean, "timestamp": _timestamp}
_WRITERS = {service: Writers() for service in NAMESPACES}
