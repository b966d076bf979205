"""Pairs as YAML: the same names as REST has, read with the line of each, and written.

Only text, lists and mappings are read; nothing is made of a tag, and an alias is
followed no deeper than a pair's own fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from failover.models import Pair
from failover.services import strategies
from failover.services.pair_settings import Policy, Probe

MOST_BYTES, MOST_PAIRS = 256 * 1024, 200
PROBE = tuple(Probe().as_fields())
POLICY = ("confirm", "force", "force_after_s", "approval")
PLAIN = (
    *("name", "account", "region", "strategy"),
    *("primary_instance_id", "standby_instance_id", "device_index"),
    *strategies.ALL_MOVED,
)
# Values of these kinds alone: nothing that a tag would have made into an object.
CORE = "tag:yaml.org,2002:"
SIMPLE = frozenset(CORE + kind for kind in ("str", "int", "float", "bool", "null"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One pair as it was written. `lines` is where each field stands."""

    line: int
    said: Mapping[str, str]
    lines: Mapping[str, int]


class Unreadable(Exception):
    """The file cannot be read; the line is the first one that is wrong."""

    def __init__(self, *, line: int, why: str) -> None:
        super().__init__(f"Line {line}: {why}")
        self.line, self.why = line, why


def read(text: str) -> list[Entry]:
    """The pairs of the file. Raises Unreadable."""
    if len(text.encode()) > MOST_BYTES:
        raise Unreadable(line=1, why=f"At most {MOST_BYTES // 1024} KiB are read.")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Unreadable(line=line, why=f"{error.problem or error.context}.") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable(line=1, why="This is not YAML.") from error
    if root is None:
        raise Unreadable(line=1, why="It is empty. Write a list of pairs.")
    nodes = _items(dict(_fields(root, ("pairs",)))["pairs"] if _is_map(root) else root)
    if not nodes:
        raise Unreadable(line=_line(root), why="The list of pairs is empty.")
    if len(nodes) > MOST_PAIRS:
        raise Unreadable(line=1, why=f"At most {MOST_PAIRS} pairs in a file.")
    return [_entry(node) for node in nodes]


def write(pairs: Iterable[Pair]) -> str:
    """The pairs as a file that `read` takes."""
    shown = [_as_fields(pair) for pair in pairs]
    return yaml.safe_dump({"pairs": shown}, sort_keys=False, allow_unicode=True)


def _as_fields(pair: Pair) -> dict[str, Any]:
    policy = Policy().as_fields() | pair.policy
    return {
        "name": pair.name,
        "account": pair.region.account.name,
        "region": pair.region.name,
        "strategy": pair.strategy,
        "primary_instance_id": pair.primary_instance_id,
        "standby_instance_id": pair.standby_instance_id,
        **{n: getattr(pair, n) for n in strategies.MOVED[pair.strategy]},
        "device_index": pair.device_index,
        "probe": Probe().as_fields() | pair.probe,
        "policy": {name: policy[name] for name in POLICY},
    }


def _entry(node: Any) -> Entry:
    said: dict[str, str] = {}
    lines: dict[str, int] = {}
    for name, value in _fields(node, (*PLAIN, "probe", "policy")):
        if name in ("probe", "policy"):
            known = PROBE if name == "probe" else POLICY
            prefix = "probe_" if name == "probe" else ""
            for inner, below in _fields(value, known):
                said[prefix + inner], lines[prefix + inner] = _text(below), _line(below)
        elif name == "route_table_ids":
            said[name] = " ".join(_text(item) for item in _items(value))
            lines[name] = _line(value)
        else:
            said[name], lines[name] = _text(value), _line(value)
    return Entry(line=_line(node), said=said, lines=lines)


def _fields(node: Any, known: tuple[str, ...]) -> list[tuple[str, Any]]:
    if not _is_map(node):
        raise Unreadable(line=_line(node), why="Fields and values are expected here.")
    found: dict[str, Any] = {}
    for key, value in node.value:
        name = _text(key)
        if name not in known:
            said = f"“{name[:40]}” is no field here. Known: {', '.join(known)}."
            raise Unreadable(line=_line(key), why=said)
        if name in found:
            raise Unreadable(line=_line(key), why=f"{name} is given twice.")
        found[name] = value
    if known == ("pairs",) and not found:
        raise Unreadable(line=_line(node), why="A list named pairs is expected.")
    return list(found.items())


def _items(node: Any) -> list[Any]:
    if not isinstance(node, yaml.SequenceNode):
        raise Unreadable(line=_line(node), why="A list is expected here.")
    return list(node.value)


def _text(node: Any) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag not in SIMPLE:
        raise Unreadable(line=_line(node), why="One plain value is expected here.")
    if node.tag == f"{CORE}null":
        return ""
    if node.tag == f"{CORE}bool":
        return "on" if node.value.lower() in ("true", "yes", "on") else ""
    return str(node.value)


def _is_map(node: Any) -> bool:
    return isinstance(node, yaml.MappingNode)


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
