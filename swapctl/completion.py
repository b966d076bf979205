"""Completion for bash, zsh and fish: the shells ask us for the next word."""

import argparse
from collections.abc import Iterable
from typing import Any, Final

from swapctl import arguments, exits, settings
from swapctl.client import Client, Refused, Unreachable
from swapctl.exits import Ending
from swapctl.world import World

# The hidden verb by which a shell asks; the words typed so far follow it.
WORD: Final = "__complete"
# A key was pressed: better no names than names too late.
PATIENCE_S = 1.0
SCRIPTS: Final = {
    "bash": """\
_swapctl() {
    local IFS=$'\\n'
    COMPREPLY=($(swapctl __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _swapctl swapctl""",
    "zsh": """\
#compdef swapctl
_swapctl() {
    local -a found
    found=("${(@f)$(swapctl __complete "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
    compadd -a found
}
compdef _swapctl swapctl""",
    "fish": """\
complete -c swapctl -f -a '(swapctl __complete (commandline -opc)[2..] \
(commandline -ct) 2>/dev/null)'""",
}


def script(shell: str) -> str:
    """What the shell is to read."""
    return SCRIPTS[shell]


def suggest(words: list[str], world: World) -> int:
    """The words that may stand last, one a line; silent where there are none."""
    *before, begun = words or [""]
    found = _candidates(before, world)
    # Options are offered where nothing else may stand, or once a dash is typed.
    names = {word for word in found if not word.startswith("-")}
    offered = names if names and not begun.startswith("-") else found
    for word in sorted(offered):
        if word.startswith(begun):
            world.say(word)
    return exits.OK


def _candidates(before: list[str], world: World) -> set[str]:
    parser: argparse.ArgumentParser = arguments.build()
    verbs = _verbs(parser)
    verb = next((word for word in before if word in verbs), None)
    command = verbs[verb] if verb else parser
    options = {o: a for a in command._actions for o in a.option_strings}  # noqa: SLF001
    last = options.get(before[-1]) if before else None
    if last is not None and last.nargs != 0:
        return _values(last, before, world)
    if verb is None:
        return {*verbs, *options}
    rest = before[before.index(verb) + 1 :]
    places = [a for a in command._actions if not a.option_strings]  # noqa: SLF001
    given = [word for word in rest if not word.startswith("-")]
    place = places[min(len(given), len(places) - 1)] if places else None
    names = _values(place, before, world) if place is not None else set()
    return {*names, *options}


def _verbs(parser: argparse.ArgumentParser) -> dict[str, Any]:
    for action in parser._actions:  # noqa: SLF001 - argparse shows them nowhere else.
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def _values(action: argparse.Action, before: list[str], world: World) -> set[str]:
    if action.choices:
        return {str(choice) for choice in action.choices}
    lists = {
        "pair": ("pairs", "name"),
        "pairs": ("pairs", "name"),
        "job": ("jobs", "id"),
        "region": ("regions", "region"),
        "account": ("accounts", "name"),
    }
    if action.dest in lists:
        return set(_ask(world, *lists[action.dest]))
    if action.dest == "to":
        return _ends(before, world)
    return set()


def _ends(before: list[str], world: World) -> set[str]:
    """The instances of the pair that was named."""
    pairs = {p["name"]: p for p in _rows(world, "pairs")}
    named = next((pairs[word] for word in before if word in pairs), None)
    if named is None:
        return set()
    return {named["primary_instance_id"], named["standby_instance_id"]}


def _ask(world: World, path: str, name: str) -> Iterable[str]:
    return (str(row[name]) for row in _rows(world, path))


def _rows(world: World, path: str) -> list[Any]:
    try:
        connection = settings.find(url=None, token=None, environ=world.environ)
        client = Client(connection=connection, world=world, patience_s=PATIENCE_S)
        page = client.get(path, limit=1000)
    except (Ending, Refused, Unreachable):
        return []
    return list(page["results"])
