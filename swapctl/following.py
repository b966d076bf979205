"""Following a job to its end, through whatever happens to the connection."""

from collections.abc import Mapping
from typing import Any

from swapctl import exits, telling, terminal
from swapctl.client import LONGEST_WAIT_S, NAME, Client, Unreachable
from swapctl.world import World

# A server that answers at once, because too many wait already, is not asked at once.
PAUSE_S = 0.5
# A job goes on without us, and a server that is being replaced comes back.
PATIENCE_S = 600.0


def follow(
    job: Mapping[str, Any], *, client: Client, world: World
) -> Mapping[str, Any]:
    """The job once it has ended or is parked; its steps on stderr as they go.

    Raises Refused, Unreachable.
    """
    seen: dict[str, str] = {}
    seen_message = ""
    while True:
        for step in job["steps"]:
            if seen.get(step["name"], "waiting") != step["state"]:
                world.tell(telling.step_line(step, coloured=world.err.isatty()))
            seen[step["name"]] = step["state"]
        if job["state"] in exits.OF_STATE:
            return job
        if job["message"] != seen_message:
            seen_message = job["message"]
            world.tell(f"  {terminal.escape(seen_message)}")
        job = _next(job, client=client, world=world)


def _next(job: Mapping[str, Any], *, client: Client, world: World) -> Mapping[str, Any]:
    began = world.monotonic()
    try:
        later: Mapping[str, Any] = client.get(
            "jobs", str(job["id"]), wait=LONGEST_WAIT_S, patience_s=PATIENCE_S
        )
    except Unreachable:
        world.tell(f"{NAME}: job {job['id']} goes on; swapctl job {job['id']} --wait")
        raise
    if later == job and world.monotonic() - began < PAUSE_S:
        world.sleep(PAUSE_S)
    return later
