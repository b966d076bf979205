"""What ec2sim/README.md says exists, does."""

import ast
import re
from pathlib import Path

from ec2sim import __main__ as command
from ec2sim.config import Config
from ec2sim.rules.registry import ACTIONS
from ec2sim.world import DEFAULT_ACCOUNT

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
README = (ROOT / "ec2sim" / "README.md").read_text(encoding="utf-8")


def tables(first: str) -> list[list[str]]:
    """The rows of every table whose first column is headed so."""
    rows: list[list[str]] = []
    inside = False
    for line in README.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith(f"| {first} |"):
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("|---"):
            rows.append([cell.strip(" |") for cell in cells])
    return rows


def known_tests() -> set[str]:
    """Every test of ec2sim, and every file of tests, by name."""
    found = set()
    for path in HERE.rglob("test_*.py"):
        found.add(path.stem)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.add(node.name)
    return found


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"\btest_\w+", README))

    assert len(named) > 100
    assert named - known_tests() == set()


def test_every_row_names_a_test() -> None:
    rows = tables("call")
    told = [row for row in rows if len(row) == 4]

    assert len(told) > 60
    assert [row[0] for row in told if "`test_" not in row[3]] == []


def test_every_call_that_is_kept_has_a_row() -> None:
    told = {name for row in tables("call") for name in re.findall(r"\w+", row[0])}

    assert ACTIONS.keys() - told == set()


def test_every_option_is_told_with_its_default() -> None:
    parser = command.options()
    defaults = Config().shown()
    told: dict[str, str] = {}
    for row in tables("option"):
        names = re.findall(r"--[a-z0-9-]+", row[0])
        shown = [value.strip() for value in row[1].split(",")]
        told.update(zip(names, shown or [""] * len(names), strict=False))
        told.update(dict.fromkeys(names[len(shown) :], ""))
    known = set(re.findall(r"--[a-z0-9-]+", parser.format_help())) - {"--help"}

    assert told.keys() == known
    for name, value in told.items():
        setting = name.removeprefix("--").replace("-", "_")
        default = defaults.get(setting, parser.get_default(setting))
        if isinstance(default, int | float) and not isinstance(default, bool):
            assert float(value) == float(default), name
        elif default:
            assert value == default, name


def test_the_account_and_the_links_are_right() -> None:
    assert DEFAULT_ACCOUNT in README
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in README.splitlines()
        if line.startswith("#")
    }
    links = set(re.findall(r"\]\(#([a-z0-9-]+)\)", README))

    assert len(links) > 10
    assert links - headings == set()
    for path in re.findall(r"`(tests/ec2sim/[\w./]+)`", README):
        assert (ROOT / path).exists(), path
