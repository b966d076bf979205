"""The command line: python -m ec2sim."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from ec2sim import server
from ec2sim.config import THROTTLES, BadControl, Config

USAGE_ERROR = 64


class Parser(argparse.ArgumentParser):
    """A parser whose usage errors exit 64."""

    def error(self, message: str) -> Any:
        """Say what is wrong and leave."""
        self.print_usage(sys.stderr)
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def options() -> Parser:
    """What the command takes."""
    parser = Parser(prog="python -m ec2sim", description="A believable EC2 over HTTP.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    seeds = parser.add_mutually_exclusive_group()
    seeds.add_argument("--seed-article", action="store_true")
    seeds.add_argument("--seed-empty-vpc", action="store_true")
    seeds.add_argument("--seed-pairs", type=int, metavar="N")
    defaults = Config()
    for name in ("detach_s", "attach_s", "jitter", "latency_s", "stale_s"):
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=float, default=getattr(defaults, name)
        )
    parser.add_argument("--throttle", choices=THROTTLES, default=defaults.throttle)
    parser.add_argument("--seed", type=int, default=1, help="of every chance drawn")
    parser.add_argument("--log", type=Path, metavar="FILE", help="JSON lines")
    return parser


def sown(given: argparse.Namespace) -> dict[str, Any]:
    """The seed that the options ask for."""
    if given.seed_article:
        return {"article": True}
    if given.seed_empty_vpc:
        return {"empty_vpc": True}
    return {"pairs": given.seed_pairs} if given.seed_pairs is not None else {}


def main() -> int:
    """Run until SIGINT or SIGTERM."""
    given = options().parse_args()
    config = Config()
    names = ("detach_s", "attach_s", "jitter", "latency_s", "stale_s", "throttle")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        config.change({name: getattr(given, name) for name in names})
        running = server.start(
            host=given.host,
            port=given.port,
            config=config,
            seed=given.seed,
            log_path=given.log,
            sown=sown(given),
        )
    except BadControl as error:
        sys.stderr.write(f"ec2sim: {error}\n")
        return USAGE_ERROR
    except OSError as error:
        sys.stderr.write(f"ec2sim: cannot listen on port {given.port}: {error}\n")
        return 1
    sys.stdout.write(json.dumps({"port": running.port, "url": running.url}) + "\n")
    sys.stdout.flush()
    ended.wait()
    running.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
