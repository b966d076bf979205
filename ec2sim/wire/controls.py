"""The control door: everything under /_sim/."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from ec2sim.config import BadControl
from ec2sim.pages.site import Site
from ec2sim.rules import attachments, zones
from ec2sim.seeds import sowing
from ec2sim.wire import dump
from ec2sim.world import DEFAULT_ACCOUNT, World

JSON = "application/json"
STATUSES = ("ok", "impaired", "insufficient-data", "initializing", "not-applicable")
Answer = tuple[int, str, str]


class Controls:
    """Answers the controls of a world: status, content type, text."""

    def __init__(self, world: World, site: Site) -> None:
        self._world = world
        self._site = site

    def answer(self, method: str, path: str, query: str, body: bytes) -> Answer:
        """One control. What cannot be used is 400, what does not exist 404."""
        steps = [step for step in path.split("/") if step][1:]
        try:
            if method == "GET":
                return self._get(steps, query)
            if method == "DELETE" and steps[:1] == ["faults"]:
                self._world.faults.clear(steps[1] if len(steps) > 1 else None)
                return _json({"faults": self._world.faults.shown()})
            if method == "POST":
                return self._post(steps, _read(body))
        except BadControl as error:
            return _json({"error": str(error)}, status=400)
        return _missing()

    def _get(self, steps: list[str], query: str) -> Answer:
        world = self._world
        if len(steps) == 2 and steps[0] == "browse":
            return self._browse(steps[1])
        if steps == ["calls"]:
            return 200, "application/x-ndjson", _calls(world, query)
        shown = {
            "state": lambda: dump.state(world),
            "config": world.config.shown,
            "faults": lambda: {"faults": world.faults.shown()},
            "clock": self._clock,
        }
        if len(steps) != 1 or steps[0] not in shown:
            return _missing()
        return _json(shown[steps[0]]())

    def _post(self, steps: list[str], values: Mapping[str, Any]) -> Answer:
        world = self._world
        if len(steps) == 2 and steps[0] == "instances":
            return _json(self._set_instance(steps[1], values))
        if len(steps) == 2 and steps[0] == "zones":
            return _json(self._set_zone(steps[1], values))
        done = {
            "config": lambda: world.configure(values),
            "faults": lambda: world.faults.add(values).shown(),
            "clock": lambda: self._set_clock(values),
            "seed": lambda: sowing.sow(world, values),
            "reset": world.reset,
        }
        if len(steps) != 1 or steps[0] not in done:
            return _missing()
        return _json(done[steps[0]]())

    def _browse(self, public_ip: str) -> Answer:
        shown = self._site.browse(public_ip)
        if shown is None:
            return 502, "text/plain; charset=utf-8", "Nobody answers there.\n"
        return 200, "text/html; charset=utf-8", shown

    def _clock(self) -> dict[str, Any]:
        clock = self._world.clock
        return {"mode": clock.mode, "scale": clock.scale, "now": clock.now()}

    def _set_clock(self, values: Mapping[str, Any]) -> dict[str, Any]:
        _only(values, "mode", "scale", "advance_s")
        for name in ("scale", "advance_s"):
            value = values.get(name)
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int | float)
            ):
                raise BadControl(f"{name}: expected a number")
        self._world.clock.set(
            mode=values.get("mode"),
            scale=values.get("scale"),
            advance_s=values.get("advance_s"),
        )
        self._world.settle()
        return self._clock()

    def _set_instance(
        self, instance_id: str, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        _only(values, "guest", "system_status", "instance_status", "limit")
        values = {
            name: value
            for name, value in values.items()
            if value is not None or name == "limit"
        }
        if values.get("guest") not in (None, "ok", "hung", "dead"):
            raise BadControl("guest: expected ok, hung or dead")
        for name in ("system_status", "instance_status"):
            if values.get(name) not in (None, *STATUSES):
                raise BadControl(f"{name}: expected one of {STATUSES}")
        limit = values.get("limit")
        is_whole = isinstance(limit, int) and not isinstance(limit, bool)
        if limit is not None and not (is_whole and limit >= 1):
            raise BadControl("limit: expected a whole number of 1 or more")
        region = self._world.find_instance_region(instance_id)
        with self._world.account(region.account_id).lock:
            row = region.instances.get(instance_id)
            if row is None:
                raise BadControl(f"{instance_id}: no such instance")
            row = replace(row, **values)
            region.instances.put(row, at=region.now)
            if row.guest != "hung":
                attachments.release_stuck(region, row.id, at=region.now)
        return {
            "id": row.id,
            "state": row.state,
            "guest": row.guest,
            "system_status": row.system_status,
            "instance_status": row.instance_status,
            "limit": row.limit,
        }

    def _set_zone(self, zone: str, values: Mapping[str, Any]) -> dict[str, Any]:
        _only(values, "outage")
        outage = values.get("outage")
        if not isinstance(outage, bool):
            raise BadControl("outage: expected true or false")
        name = zone[:-1]
        if zone[-1:] not in zones.LETTERS or not zones.REGION_NAME.match(name):
            raise BadControl(f"{zone}: no such zone")
        self._world.region(DEFAULT_ACCOUNT, name)
        for region in self._world.regions():
            if region.name == name:
                with self._world.account(region.account_id).lock:
                    (region.outages.add if outage else region.outages.discard)(zone)
                    self._site.refresh(region)
        return {"zone": zone, "outage": outage}


def _calls(world: World, query: str) -> str:
    """The log, or with ?action=, ?resource= and ?event= the lines that match."""
    world.settle()
    lines = world.journal.lines()
    wanted = {name: values[-1] for name, values in parse_qs(query).items()}
    if wanted:
        lines = [line for line in lines if _matches(json.loads(line), wanted)]
    return "".join(f"{line}\n" for line in lines)


def _matches(event: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    for name, value in wanted.items():
        if name == "resource":
            named = event.get("resources") or [event.get("resource")]
            if value not in named:
                return False
        elif str(event.get(name)) != value:
            return False
    return True


def _read(body: bytes) -> Mapping[str, Any]:
    if not body.strip():
        return {}
    try:
        values = json.loads(body)
    except ValueError as error:
        raise BadControl("the body is not JSON") from error
    if not isinstance(values, dict):
        raise BadControl("the body is not a JSON object")
    return values


def _only(values: Mapping[str, Any], *names: str) -> None:
    for name in values:
        if name not in names:
            raise BadControl(f"{name}: unknown; known are {sorted(names)}")


def _missing() -> Answer:
    return _json({"error": "no such control"}, status=404)


def _json(value: Any, *, status: int = 200) -> Answer:
    return status, JSON, json.dumps(value)
