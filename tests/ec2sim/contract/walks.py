"""The way through every step, and what each leaves for those after it."""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

from tests.ec2sim.contract.house import House
from tests.ec2sim.contract.step import Params, Step
from tests.ec2sim.contract.steps import EVERY


class Names:
    """What the steps keep, by name."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def fill(self, value: Any) -> Any:
        """Parameters with every $name in its place."""
        if isinstance(value, str) and value.startswith("$"):
            return self.kept[value[1:]]
        if isinstance(value, Mapping):
            return {name: self.fill(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        return value

    def keep(self, done: Step, reply: Mapping[str, Any]) -> None:
        """Take out of a reply what its step keeps."""
        for name, path in done.keep.items():
            self.kept[name] = reduce(_at, path.split("."), reply)


def _at(value: Any, name: str) -> Any:
    return value[int(name)] if name.isdecimal() else value[name]


def walk(
    home: House, *, before: Callable[[Step, Params], None] | None = None
) -> Iterator[tuple[Step, Params, dict[str, Any]]]:
    """Take every step through a door: the step, its parameters, and the reply.

    `before` is shown each step when everything that it needs is there.
    """
    names = Names()
    for each in EVERY:
        params = names.fill(each.params)
        if before is not None:
            before(each, params)
        if each.refused is not None:
            assert home.code(each.action, **params) == each.refused
            continue
        reply = home.call(each.action, **params)
        names.keep(each, reply)
        yield each, params, reply
        home.advance(each.wait_s)


def walk_through(home: House, before: Callable[[Step, Params], None]) -> int:
    """Take every step, each shown before; how many there were."""
    return sum(1 for _ in walk(home, before=before))
