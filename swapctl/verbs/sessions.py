"""Which server, by which token: said once, kept for the next time."""

import argparse

from swapctl import exits, settings
from swapctl.client import Client, Refused
from swapctl.exits import Ending
from swapctl.settings import Connection
from swapctl.world import World

UNAUTHORIZED = 401


def log_in(typed: argparse.Namespace, world: World) -> int:
    """`login [--url URL] [--token TOKEN]`: the token is asked for, or read from stdin.

    Raises Ending, Refused, Unreachable.
    """
    url = typed.url or world.environ.get("SWAPCTL_URL") or _ask(world, "URL: ")
    server = settings.read_url(url, environ=world.environ)
    token = typed.token or world.environ.get("SWAPCTL_TOKEN")
    if not token:
        is_typed = world.stdin.isatty()
        token = world.ask_secret("Token: ") if is_typed else world.stdin.readline()
    connection = Connection(url=server, token=token.strip())
    try:
        Client(connection=connection, world=world).get("pairs", limit=1)
    except Refused as refused:
        if refused.status == UNAUTHORIZED:
            said = f"{server} does not know this token. Nothing was kept."
            raise Ending(exits.REFUSED, said) from refused
        raise
    path = settings.keep(connection, environ=world.environ)
    world.tell(f"Signed in at {server}; kept in {path}.")
    return exits.OK


def log_out(world: World) -> int:
    """`logout`: forget the token; it stays valid until it is revoked."""
    is_forgotten = settings.forget(environ=world.environ)
    said = (
        "Forgotten here; revoke it in Swapboard." if is_forgotten else "Nothing kept."
    )
    world.tell(said)
    return exits.OK


def _ask(world: World, question: str) -> str:
    world.err.write(question)
    world.err.flush()
    return world.stdin.readline()
