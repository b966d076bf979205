"""The command line: python -m ec2sim."""

import argparse
import gc
import json
import signal
import sys
import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

from ec2sim.config import CHOICES, SHARES, BadControl, Config

USAGE_ERROR = 64


class Parser(argparse.ArgumentParser):
    """A parser whose usage errors exit 64."""

    def error(self, message: str) -> Any:
        """Say what is wrong and leave."""
        self.print_usage(sys.stderr)
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def options() -> Parser:
    """What the command takes."""
    parser = Parser(
        prog="python -m ec2sim",
        description="A believable EC2 over HTTP. Prints one line of JSON with its port "
        "and url, then serves until SIGINT or SIGTERM. Notes go to stderr.",
        epilog="Exits 64 for a wrong option, 1 when the port is taken. POST "
        "/_sim/config changes every setting below at run time, by its name with "
        "underscores.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen (%(default)s)"
    )
    parser.add_argument(
        "--port", type=port, default=0, help="0, the default, takes a free one"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="of every chance that is drawn (%(default)s)",
    )
    parser.add_argument(
        "--log", type=Path, metavar="FILE", help="append the log to it, as JSON lines"
    )
    group = parser.add_argument_group("worlds to begin with, one of")
    seeds = group.add_mutually_exclusive_group()
    seeds.add_argument(
        "--seed-article",
        action="store_true",
        help="two servers, an interface, its Elastic IP 127.31.58.118",
    )
    seeds.add_argument(
        "--seed-empty-vpc", action="store_true", help="a VPC with two subnets"
    )
    seeds.add_argument(
        "--seed-pairs", type=int, metavar="N", help="pair-0001 and so on, in eu-west-1"
    )
    settings = parser.add_argument_group("settings")
    for each in fields(Config):
        settings.add_argument(
            f"--{each.name.replace('_', '-')}",
            type=str if isinstance(each.default, str) else float,
            default=each.default,
            choices=CHOICES.get(each.name),
            metavar=None if each.name in CHOICES else _unit(each.name),
            help=f"{each.metadata['means']} (%(default)s)",
        )
    return parser


def port(text: str) -> int:
    """A port's number. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number up to 65535")
    return int(text)


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
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        config.change({each.name: getattr(given, each.name) for each in fields(Config)})
    except BadControl as error:
        return _wrong(f"--{str(error).replace('_', '-')}")
    # Not before: who asks for help or slips need not wait for all of EC2.
    from ec2sim import server  # noqa: PLC0415

    try:
        running = server.start(
            host=given.host,
            port=given.port,
            config=config,
            seed=given.seed,
            log_path=given.log,
            sown=sown(given),
        )
    except BadControl as error:
        return _wrong(str(error))
    except OSError as error:
        return _unable(given, error)
    # What a seed has built stays: the collector need not look at it ever again.
    gc.freeze()
    sys.stdout.write(json.dumps({"port": running.port, "url": running.url}) + "\n")
    sys.stdout.flush()
    ended.wait()
    running.close()
    return 0


def _unit(name: str) -> str:
    if name in SHARES:
        return "SHARE"
    return "URL" if name.endswith("_url") else "S"


def _wrong(said: str) -> int:
    sys.stderr.write(f"ec2sim: {said}\n")
    return USAGE_ERROR


def _unable(given: argparse.Namespace, error: OSError) -> int:
    if error.filename is not None:
        sys.stderr.write(f"ec2sim: cannot write {error.filename}: {error.strerror}\n")
        return USAGE_ERROR
    sys.stderr.write(f"ec2sim: cannot listen on {given.host}:{given.port}: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
