"""The control door: everything under /_sim/."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ec2sim import values
from ec2sim.pages.site import Site
from ec2sim.seeds import sowing
from ec2sim.values import BadControl, NoSuch
from ec2sim.wire import dump, knobs
from ec2sim.wire.identity import Sessions
from ec2sim.world import World

JSON = "application/json"
LINES = "application/x-ndjson"
# What a line of each list may be asked for: a slip would match nothing, and a test
# that nothing has happened would pass.
FIELDS = {
    "calls": (
        *("event", "at", "effect_at", "end_at", "account", "region", "action"),
        *("resource", "outcome", "code", "request_id", "session", "dry_run"),
        *("fault", "place", "to", "instance_id"),
    ),
    "events": (
        *("version", "id", "detail-type", "source", "account", "time", "region"),
        *("resource", "instance-id", "state"),
    ),
    "decisions": ("fault", "call", "struck", "why", "at", "action", "request_id"),
}
Answer = tuple[int, str, str]
Values = Mapping[str, Any]


class Controls:
    """Answers the controls of a world: status, content type, text."""

    def __init__(self, world: World, site: Site, sessions: Sessions) -> None:
        self._world = world
        self._site = site
        self._sessions = sessions

    def answer(self, method: str, path: str, query: str, body: bytes) -> Answer:
        """One control. What cannot be used is 400, what does not exist 404."""
        steps = [step for step in path.split("/") if step][1:]
        try:
            if method in ("GET", "HEAD"):
                return self._get(steps, query)
            if method == "DELETE":
                return self._delete(steps)
            if method == "POST":
                return self._post(steps, _read(body))
        except NoSuch as error:
            return _json({"error": str(error)}, status=404)
        except BadControl as error:
            return _json({"error": str(error)}, status=400)
        return _json({"error": f"{method}: no control takes it"}, status=405)

    def _get(self, steps: list[str], query: str) -> Answer:
        world = self._world
        if len(steps) == 2 and steps[0] == "browse":
            return self._browse(steps[1])
        wanted = {name: values[-1] for name, values in parse_qs(query).items()}
        listed: dict[str, Callable[[], list[str]]] = {
            "calls": lambda: _lines(world.journal.lines(), wanted),
            "events": lambda: _lines(world.events.lines(), wanted),
            "decisions": lambda: _lines(
                [json.dumps(each) for each in world.faults.decisions()], wanted
            ),
        }
        shown: dict[str, Callable[[], Any]] = {
            "state": lambda: dump.state(world),
            "config": world.config.shown,
            "faults": lambda: {"faults": world.faults.shown()},
            "clock": lambda: knobs.clock(world),
            "buckets": lambda: {"buckets": world.buckets.shown(world.clock.now())},
            "roles": lambda: {"roles": dict(world.roles)},
            "sessions": lambda: {"sessions": self._sessions.shown()},
        }
        if len(steps) == 1 and steps[0] in listed:
            values.only(wanted, *FIELDS[steps[0]])
            world.settle()
            lines = listed[steps[0]]()
            return 200, LINES, "".join(f"{line}\n" for line in lines)
        if len(steps) != 1 or steps[0] not in shown:
            raise NoSuch("no such control")
        return _json(shown[steps[0]]())

    def _delete(self, steps: list[str]) -> Answer:
        world = self._world
        if steps[:1] == ["faults"] and len(steps) <= 2:
            if len(steps) == 2:
                world.faults.lift(steps[1])
            else:
                world.faults.clear()
            return _json({"faults": world.faults.shown()})
        raise NoSuch("no such control")

    def _post(self, steps: list[str], given: Values) -> Answer:
        world = self._world
        if len(steps) == 2 and steps[0] == "instances":
            return _json(knobs.set_instance(world, steps[1], given))
        if len(steps) == 2 and steps[0] == "zones":
            return _json(knobs.set_zone(world, self._site, steps[1], given))
        done: dict[str, Callable[[], Any]] = {
            "config": lambda: world.configure(given),
            "faults": lambda: knobs.add_fault(world, given),
            "clock": lambda: knobs.set_clock(world, given),
            "roles": lambda: knobs.set_role(world, given),
            "sessions": lambda: knobs.expire(world, self._sessions, given),
            "seed": lambda: sowing.sow(world, given),
            "reset": world.reset,
        }
        if len(steps) != 1 or steps[0] not in done:
            raise NoSuch("no such control")
        return _json(done[steps[0]]())

    def _browse(self, public_ip: str) -> Answer:
        shown = self._site.browse(public_ip)
        if shown is None:
            return 502, "text/plain; charset=utf-8", "Nobody answers there.\n"
        return 200, "text/html; charset=utf-8", shown


def _lines(lines: list[str], wanted: Mapping[str, str]) -> list[str]:
    """JSON lines, or with ?action=, ?resource= and so on those that match."""
    if not wanted:
        return lines
    return [line for line in lines if _matches(json.loads(line), wanted)]


def _matches(event: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    for name, value in wanted.items():
        if name == "resource":
            named = event.get("resources") or [event.get("resource")]
            if value not in named:
                return False
            continue
        told = event if name in event else event.get("detail", {})
        if name not in told:
            return False
        found = told[name]
        if found != value and json.dumps(found) != value:
            return False
    return True


def _read(body: bytes) -> Values:
    if not body.strip():
        return {}
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadControl("the body is not JSON") from error
    if not isinstance(values, dict):
        raise BadControl("the body is not a JSON object")
    return values


def _json(value: Any, *, status: int = 200) -> Answer:
    return status, JSON, json.dumps(value)
