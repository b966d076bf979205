"""What every verb is given."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from swapctl import telling, terminal
from swapctl.client import Client, Listed
from swapctl.terminal import Column
from swapctl.world import World

DEFAULT_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was typed, the server, and where to answer."""

    typed: argparse.Namespace
    client: Client
    world: World

    @property
    def is_json(self) -> bool:
        return bool(self.typed.json)

    def answer(
        self,
        shown: Mapping[str, Any],
        tell: Callable[[World, Mapping[str, Any]], None],
    ) -> None:
        """An object: for people, or as JSON where a program reads."""
        if self.is_json or not self.world.is_terminal:
            telling.as_json(self.world, shown)
        else:
            tell(self.world, shown)

    def show(
        self,
        listed: Listed,
        columns: Sequence[Column],
        row: Callable[[Mapping[str, Any]], Sequence[object]],
    ) -> None:
        """A list as a table, or as JSON where that was asked for."""
        world = self.world
        if self.is_json:
            telling.as_json(world, listed.rows)
            return
        lines = terminal.table(
            columns,
            [row(shown) for shown in listed.rows],
            width=world.width,
            coloured=world.is_coloured,
        )
        for line in lines:
            world.say(line)
        if len(listed.rows) < listed.count:
            world.tell(f"{len(listed.rows)} of {listed.count} shown; --all shows all.")

    def list(self, *path: str, **query: Any) -> Listed:
        """The rows that were asked for. Raises Refused, Unreachable."""
        limit = None if self.typed.all else self.typed.limit
        return self.client.pages(*path, limit=limit, q=self.typed.q, **query)


Verb = Callable[[Given], int]
