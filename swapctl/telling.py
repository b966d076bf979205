"""How refusals, plans, pairs and jobs read, for people and for programs."""

import json
from collections.abc import Mapping
from typing import Any

from swapctl import exits, terminal
from swapctl.client import NAME, Refused, Unreachable
from swapctl.exits import Ending
from swapctl.world import World

NOT_FOUND = 404
MARKS: Mapping[str, str] = {"done": "✓", "failed": "✗", "running": "…", "skipped": "-"}


def as_json(world: World, value: object) -> None:
    """The value as one line; whatever is odd in it is written by its number."""
    world.say(json.dumps(value))


def refusal(refused: Refused, *, world: World, is_json: bool) -> Ending:
    """Say why not; the ending that follows: 64 for a name that nobody knows."""
    if is_json:
        as_json(world, refused.problem)
    problem = refused.problem
    title = terminal.escape(problem.get("title"))
    lines = [f"{NAME}: {title}: {terminal.escape(problem.get('detail'))}"]
    lines += [
        f"  {terminal.escape(check['code'])}: {terminal.escape(check['detail'])}"
        for check in problem.get("checks", ())
        if not check.get("ok")
    ]
    code = exits.USAGE if refused.status == NOT_FOUND else exits.REFUSED
    return Ending(code, "\n".join(lines))


def unreachable(error: Unreachable) -> Ending:
    """The server did not answer."""
    return Ending(exits.UNREACHABLE, f"{NAME}: {terminal.escape(error)}")


def plan(world: World, shown: Mapping[str, Any]) -> None:
    """What a swap would do, and what stands in its way."""
    holder = shown.get("active_instance_id") or "nobody"
    outage = terminal.seconds(shown["expected_outage_s"])
    world.say(f"From {terminal.escape(holder)} to {terminal.escape(shown['to'])}")
    world.say(f"Expected outage: {outage}")
    world.say("Calls:")
    for call in shown["calls"]:
        named = " ".join(f"{k}={v}" for k, v in call["args"].items())
        world.say(f"  {terminal.escape(call['action'])} {terminal.escape(named)}")
    if not shown["calls"]:
        world.say("  none")
    world.say("Checks:")
    for check in shown["checks"]:
        is_ok = check["ok"]
        mark = "✓" if is_ok else ("!" if check["severity"] == "warning" else "✗")
        word = "done" if is_ok else "failed"
        painted = terminal.paint(mark, coloured=world.is_coloured, word=word)
        said = terminal.escape(check["detail"])
        world.say(f"  {painted} {terminal.escape(check['code'])}: {said}")
    world.say(f"Plan: {terminal.escape(shown['plan_hash'])}")


def job(world: World, shown: Mapping[str, Any]) -> None:
    """One job with its steps and calls."""
    facts = [
        ("Job", shown["id"]),
        ("Kind", shown["kind"]),
        ("Pair", shown["pair"]),
        ("State", shown["state"]),
        ("From", shown["from_instance_id"]),
        ("To", shown["to_instance_id"]),
        ("Message", shown["message"]),
        ("Reason", shown["reason"]),
        ("Requested", f"{_moment(shown['requested_at'])} by {shown['requested_by']}"),
        ("Finished", _moment(shown["finished_at"])),
        ("Outage", terminal.seconds(shown["outage_s"])),
        ("Duration", terminal.seconds(shown["duration_s"])),
    ]
    sheet(world, facts)
    world.say("Steps:")
    for step in shown["steps"]:
        world.say(f"  {step_line(step, coloured=world.is_coloured)}")
    if shown["calls"]:
        world.say("Calls:")
    for call in shown["calls"]:
        said = f"{call['outcome']} {call['error_code'] or ''}"
        world.say(
            f"  {_moment(call['at'])}  {terminal.escape(call['action'])}"
            f"  {terminal.escape(said.strip())}  {terminal.seconds(call['duration_s'])}"
        )


def pair(world: World, shown: Mapping[str, Any]) -> None:
    """One pair."""
    frozen = shown["frozen"]
    moved = [
        ("Network interface", shown["network_interface_id"]),
        ("Elastic IP", shown["allocation_id"]),
        ("Private address", shown["private_ip"]),
        ("Route tables", ", ".join(shown["route_table_ids"])),
        ("Destination", shown["destination_cidr"]),
    ]
    facts = [
        ("Pair", shown["name"]),
        ("Region", f"{shown['region']} ({shown['account']})"),
        ("Strategy", shown["strategy"]),
        *((name, value) for name, value in moved if value),
        ("Primary", shown["primary_instance_id"]),
        ("Standby", shown["standby_instance_id"]),
        ("Active", shown["active_instance_id"] or "nobody"),
        ("Desired", shown["desired_instance_id"]),
        ("Sync", shown["sync"]),
        ("Ready", "ready" if shown["readiness"]["ready"] else "not ready"),
        ("Job", shown["job"]),
        ("Frozen", f"by {frozen['by']}: {frozen['reason']}" if frozen else None),
    ]
    sheet(world, facts)
    for check in shown["readiness"]["checks"]:
        if not check["ok"]:
            said = terminal.escape(check["detail"])
            world.say(f"  {terminal.escape(check['code'])}: {said}")


def sheet(world: World, facts: list[tuple[str, Any]]) -> None:
    """Names and values, one a line."""
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        shown = terminal.paint(terminal.escape(value), coloured=world.is_coloured)
        world.say(f"{name:{width}}  {shown}")


def step_line(step: Mapping[str, Any], *, coloured: bool) -> str:
    """One step of a job."""
    state = str(step["state"])
    mark = terminal.paint(MARKS.get(state, "·"), coloured=coloured, word=state)
    took = terminal.seconds(step["duration_s"]) if state in ("done", "failed") else ""
    return f"{mark} {terminal.escape(step['name']):14} {state:8} {took}".rstrip()


def _moment(value: object) -> str:
    return terminal.moment(value)
