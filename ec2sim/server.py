"""Starting ec2sim inside a process: for tests, and for the command line."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ec2sim.config import BadControl, Config
from ec2sim.pages.site import Site
from ec2sim.seeds import sowing
from ec2sim.wire.controls import Controls
from ec2sim.wire.door import Door
from ec2sim.wire.http import Server
from ec2sim.wire.identity import Sessions
from ec2sim.world import World


@dataclass(slots=True, kw_only=True)
class Running:
    """A server that listens at `url`; `world` is the same from inside."""

    url: str
    port: int
    world: World
    site: Site
    server: Server
    thread: threading.Thread

    def close(self) -> None:
        """Stop listening, and end every thread of it."""
        self.server.shutdown()
        self.server.server_close()
        self.world.close()
        self.site.close()
        self.thread.join(timeout=5)

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def start(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    config: Config | None = None,
    seed: int = 1,
    log_path: Path | None = None,
    sown: Mapping[str, Any] | None = None,
) -> Running:
    """Listen, and return at once; `port` 0 takes a free one.

    `sown` is what POST /_sim/seed takes, for example {"article": True}.
    Raises OSError when the port is taken, and BadControl for a wrong seed.
    """
    world = World(config=config, seed=seed, log_path=log_path)
    site = Site(world)
    sessions = Sessions()
    try:
        if sown:
            sowing.sow(world, sown)
        server = Server(
            (host, port),
            door=Door(world, sessions),
            controls=Controls(world, site, sessions),
        )
    except (BadControl, OSError):
        world.close()
        site.close()
        raise
    thread = threading.Thread(
        target=server.serve_forever, name="ec2sim-http", kwargs={"poll_interval": 0.05}
    )
    thread.daemon = True
    thread.start()
    taken = int(server.server_address[1])
    return Running(
        url=f"http://{host}:{taken}",
        port=taken,
        world=world,
        site=site,
        server=server,
        thread=thread,
    )
