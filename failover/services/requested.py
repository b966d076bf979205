"""What a request wanted, in the words of the audit: the verb and its object.

Read off the URL pattern, so that a new call is told of without being listed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

KINDS = {
    "pairs": "pair",
    "swaps": "pair",
    "interfaces": "network-interface",
    "network-interfaces": "network-interface",
    "elastic-ips": "elastic-ip",
    "instances": "instance",
    "jobs": "job",
    "regions": "region",
    "accounts": "account",
    "tokens": "token",
    "users": "user",
}
BY_METHOD = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
# What the verbs call it themselves.
SAME = {
    "pair.swap": "swap.request",
    "swaps.create": "swap.request",
    "network-interface.attach": "attach.request",
    "network-interface.detach": "detach.request",
    "region.create": "region.add",
    "refresh.create": "region.sync",
    "account.login": "user.login",
    "account.logout": "user.logout",
}
PREFIX = "api/v1/"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
MOST_TEXT, MOST_ITEMS = 200, 50
# Fields that hold no secret; whatever else was sent is not kept.
HARMLESS = frozenset(
    {
        *("name", "to", "expected_active", "plan_hash", "reason", "force", "pairs"),
        *("comment", "until", "strategy", "device_index", "region", "account", "role"),
        *("days", "count", "type", "confirm", "destination_cidr", "addresses"),
        *("private_ip", "source_dest_check", "delete_on_termination", "policy"),
        *("allow_reassociation", "description", "pair"),
    }
)
HARMLESS_ENDS = ("_id", "_ids", "_arn")


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """The verb, and what it is about."""

    action: str
    subject: str
    job_id: UUID | None = None


def describe(
    *,
    method: str,
    route: str,
    path: str,
    arguments: Mapping[str, object],
    fields: Mapping[str, Any],
) -> What:
    """Name what was asked. `route` may be empty: then the path is all we know."""
    parts = [p for p in route.removeprefix(PREFIX).split("/") if p]
    if not parts or parts[0].startswith("^"):
        return What(action="request", subject=path)
    kind, verb = _read(parts, method)
    action = SAME.get(f"{parts[-1]}.{verb}") or SAME.get(f"{kind}.{verb}")
    value = _argument(parts, arguments)
    if not value and verb == "create" and isinstance(fields.get("name"), str):
        value = fields["name"]
    return What(
        action=action or f"{kind}.{verb}",
        subject=f"{kind}/{value}" if value else path,
        job_id=_as_uuid(value) if kind == "job" else None,
    )


def harmless(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, without what could be secret, and cut short."""
    return {
        name: _short(value)
        for name, value in fields.items()
        if name in HARMLESS or name.endswith(HARMLESS_ENDS)
    }


def _read(parts: list[str], method: str) -> tuple[str, str]:
    """Kind and verb: what stands before the last parameter, and what after it."""
    spots = [i for i, part in enumerate(parts) if PARAMETER.search(part)]
    by_method = BY_METHOD.get(method, "read")
    if spots:
        last = spots[-1]
        named, rest = parts[max(0, last - 1)], parts[last + 1 :]
    else:
        named, rest = parts[0], parts[1:]
        if len(parts) > 2:
            named, rest = parts[-2], parts[-1:]
    verb = ".".join(rest) if rest else by_method
    if verb == "new":
        verb = "create" if method not in ("GET", "HEAD") else "read"
    return KINDS.get(named, named), verb


def _argument(parts: list[str], arguments: Mapping[str, object]) -> str:
    for part in reversed(parts):
        found = PARAMETER.search(part)
        if found and arguments.get(found[1]) is not None:
            return str(arguments[found[1]])
    return ""


def _short(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_short(item) for item in value[:MOST_ITEMS]]
    if isinstance(value, Mapping):
        return harmless(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:MOST_TEXT]


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
