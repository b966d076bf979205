"""Plans and swaps. Each swap says where to, from whom, and under which key."""

from collections.abc import Mapping
from typing import Any

from swapctl import exits, following, telling, terminal
from swapctl.verbs.verb import Given
from swapctl.world import World


def show_plan(given: Given) -> int:
    """`plan PAIR [--to INSTANCE]`."""
    given.answer(_plan(given), telling.plan)
    return exits.OK


def swap(given: Given) -> int:
    """`swap PAIR [--to] [--reason] [--force] [--dry-run] [--wait]`."""
    plan, typed = _plan(given), given.typed
    if typed.dry_run:
        given.answer(plan, telling.plan)
        return exits.OK if _is_good(plan, force=typed.force) else exits.REFUSED
    body = {
        # Settled now, so that a repeat cannot swap back; "" says "nobody".
        "to": plan["to"],
        "expected_active": plan["active_instance_id"] or "",
        "reason": typed.reason,
        "force": typed.force,
    }
    if typed.plan_hash:
        body["plan_hash"] = typed.plan_hash
    return begin(given, "pairs", typed.pair, "swap", body=body)


def put_back(given: Given) -> int:
    """`put-back PAIR [--reason] [--wait]`."""
    body = {"reason": given.typed.reason}
    return begin(given, "pairs", given.typed.pair, "put-back", body=body)


def swap_many(given: Given) -> int:
    """`swap-many PAIR… [--reason] [--force]`: 0 if each was accepted, else 2."""
    typed = given.typed
    body = {"pairs": typed.pairs, "reason": typed.reason, "force": typed.force}
    done = given.client.post("swaps", key=given.world.new_key(), **body)
    given.answer(done, _tell_many)
    return exits.REFUSED if done["refused"] else exits.OK


def cancel(given: Given) -> int:
    """`cancel JOB [--wait]`."""
    job = given.client.post("jobs", given.typed.job, "cancel")
    return _end(given, job)


def show_job(given: Given) -> int:
    """`job ID [--wait]`."""
    job = given.client.get("jobs", given.typed.job)
    return _end(given, job, tell=telling.job)


def begin(given: Given, *path: str, body: Mapping[str, Any]) -> int:
    """Begin a job under one key, however often the call has to be sent."""
    job = given.client.post(*path, key=given.world.new_key(), **body)
    return _end(given, job)


def _end(given: Given, job: Mapping[str, Any], tell: Any = None) -> int:
    code = exits.OK
    if given.typed.wait:
        job = following.follow(job, client=given.client, world=given.world)
        code = exits.OF_STATE[job["state"]]
    given.answer(job, tell or _tell_job)
    return code


def _tell_job(world: World, job: Mapping[str, Any]) -> None:
    state = terminal.paint(job["state"], coloured=world.is_coloured)
    world.say(f"Job {job['id']}: {state}. {terminal.escape(job['message'])}")
    if job["outage_s"] is not None:
        world.say(f"Outage: {terminal.seconds(job['outage_s'])}")


def _tell_many(world: World, done: Mapping[str, Any]) -> None:
    for job in done["accepted"]:
        world.say(f"{terminal.escape(job['pair'])}: job {job['id']}")
    for problem in done["refused"]:
        name = terminal.escape(problem.get("pair"))
        world.say(f"{name}: refused. {terminal.escape(problem['detail'])}")


def _plan(given: Given) -> Mapping[str, Any]:
    typed = given.typed
    plan: Mapping[str, Any] = given.client.get("pairs", typed.pair, "plan", to=typed.to)
    return plan


def _is_good(plan: Mapping[str, Any], *, force: bool) -> bool:
    failed = [c for c in plan["checks"] if not c["ok"]]
    return all(force and c["severity"] == "warning" for c in failed)
