"""Pairs: what they are, and whether they may move."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from swapctl import exits, telling
from swapctl.exits import Ending
from swapctl.terminal import Column
from swapctl.verbs.verb import Given

COLUMNS = (
    Column(title="NAME", whole=True),
    Column(title="READY"),
    Column(title="ACTIVE", whole=True),
    Column(title="SYNC"),
    Column(title="STRATEGY"),
    Column(title="REGION"),
    Column(title="ACCOUNT"),
    Column(title="JOB", whole=True),
)
SPAN = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?")


def show_list(given: Given) -> int:
    """`pairs`."""
    typed = given.typed
    listed = given.list("pairs", region=typed.region, account=typed.account)
    given.show(listed, COLUMNS, _row)
    return exits.OK


def show(given: Given) -> int:
    """`pair NAME`."""
    given.answer(given.client.get("pairs", given.typed.pair), telling.pair)
    return exits.OK


def freeze(given: Given) -> int:
    """`freeze PAIR --reason R [--until WHEN | --for SPAN]`."""
    typed = given.typed
    body = {"reason": typed.reason}
    if typed.until:
        body["until"] = typed.until
    if typed.span:
        until = given.world.now() + read_span(typed.span)
        body["until"] = until.isoformat(timespec="seconds")
    return _change(given, "freeze", **body)


def unfreeze(given: Given) -> int:
    """`unfreeze PAIR`."""
    return _change(given, "unfreeze")


def adopt(given: Given) -> int:
    """`adopt PAIR`."""
    return _change(given, "adopt")


def acknowledge(given: Given) -> int:
    """`acknowledge PAIR --comment C`."""
    return _change(given, "acknowledge", comment=given.typed.comment)


def read_span(text: str) -> timedelta:
    """`2h30m`, `1d`. Raises Ending."""
    found = SPAN.fullmatch(text)
    days, hours, minutes = (int(g or 0) for g in found.groups()) if found else (0, 0, 0)
    if not (days or hours or minutes):
        raise Ending(exits.USAGE, f"--for: a span like 90m, 2h30m or 1d, not {text!r}.")
    return timedelta(days=days, hours=hours, minutes=minutes)


def _change(given: Given, verb: str, **body: Any) -> int:
    pair = given.client.post("pairs", given.typed.pair, verb, **body)
    given.answer(pair, telling.pair)
    return exits.OK


def _row(pair: Mapping[str, Any]) -> Sequence[object]:
    is_ready = pair["readiness"]["ready"]
    state = "frozen" if pair["frozen"] else ("ready" if is_ready else "not ready")
    return (
        pair["name"],
        state,
        pair["active_instance_id"] or "nobody",
        pair["sync"],
        pair["strategy"],
        pair["region"],
        pair["account"],
        pair["job"],
    )
