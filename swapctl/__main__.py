"""`swapctl VERB …`."""

import argparse
import os
import sys
from collections.abc import Sequence

from swapctl import arguments, completion, exits, settings, telling, world
from swapctl.client import NAME, Client, Refused, Unreachable
from swapctl.exits import Ending
from swapctl.verbs import sessions
from swapctl.verbs.verb import Given
from swapctl.world import World


def main() -> int:
    """The program; its exit code."""
    ours = world.real()
    try:
        code = run(sys.argv[1:], ours)
        ours.out.flush()
    except BrokenPipeError:
        # Whoever read us has seen enough; the last flush must not complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.PIPE_CLOSED
    return code


def run(words: Sequence[str], ours: World) -> int:
    """What was typed, done; the exit code."""
    if words[:1] == [completion.WORD]:
        return completion.suggest(list(words[1:]), ours)
    typed = arguments.build().parse_args(words)
    try:
        return _do(typed, ours)
    except Refused as refused:
        ending = telling.refusal(refused, world=ours, is_json=typed.json)
    except Unreachable as error:
        ending = telling.unreachable(error)
    except Ending as error:
        ending = error
    except KeyboardInterrupt:
        ending = Ending(exits.INTERRUPTED, f"{NAME}: Stopped. What has begun goes on.")
    if ending.sentence:
        ours.tell(ending.sentence)
    return ending.code


def _do(typed: argparse.Namespace, ours: World) -> int:
    match typed.verb:
        case "completion":
            ours.say(completion.script(typed.shell))
            return exits.OK
        case "login":
            return sessions.log_in(typed, ours)
        case "logout":
            return sessions.log_out(ours)
    connection = settings.find(url=typed.url, token=typed.token, environ=ours.environ)
    client = Client(connection=connection, world=ours, patience_s=typed.patience)
    return int(typed.run(Given(typed=typed, client=client, world=ours)))


if __name__ == "__main__":
    sys.exit(main())
