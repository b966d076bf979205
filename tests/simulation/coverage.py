"""Which rows of the decide tables the schedules have reached.

A row is a place in the engine where a step is made (`steps`). The functions that have
such places are compiled once more with a mark at each, and then count without slowing
anything down.
"""

import ast
import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType

from failover import engine

STEPS = frozenset({"Wait", "Send", "Turn", "Park", "Finish"})
WORDS = frozenset({"waiting_for", "why", "state"})
MARK = "_reached_row"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Row:
    """One row: where it stands and what it says (`Wait clear_view`)."""

    module: str
    function: str
    line: int
    step: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.function}: {self.step}"


class Coverage:
    """Counts the rows reached since it was made; one at a time in a process."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.reached: Counter[Row] = Counter()
        for module in _modules():
            self._mark(module)

    def never(self) -> list[Row]:
        return sorted(row for row in self.rows if not self.reached[row])

    def hit(self, number: int, step: object) -> object:
        self.reached[self.rows[number]] += 1
        return step

    def _mark(self, module: ModuleType) -> None:
        before = len(self.rows)
        tree = ast.parse(inspect.getsource(module))
        _Marker(self.rows, module.__name__.removeprefix("failover.engine.")).visit(tree)
        if len(self.rows) == before:
            return
        marked: dict[str, object] = {"__name__": module.__name__}
        code = compile(ast.fix_missing_locations(tree), module.__file__ or "", "exec")
        exec(code, marked)  # noqa: S102 - the module's own source, with marks.
        setattr(module, MARK, self.hit)
        twins = dict(_functions(module.__name__, marked))
        for name, function in _functions(module.__name__, vars(module)):
            function.__code__ = twins[name].__code__


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(engine.__path__, f"{engine.__name__}."):
        yield importlib.import_module(found.name)


def _functions(
    module: str, space: dict[str, object] | object
) -> Iterator[tuple[str, FunctionType]]:
    """The functions that a module defines, those of its classes among them."""
    named = space if isinstance(space, dict) else vars(space)
    for name, thing in list(named.items()):
        if isinstance(thing, FunctionType) and thing.__module__ == module:
            yield name, thing
        elif isinstance(thing, type) and thing.__module__ == module:
            for method, function in vars(thing).items():
                if isinstance(function, FunctionType):
                    yield f"{name}.{method}", function


class _Marker(ast.NodeTransformer):
    """Wraps each making of a step into a call that counts it."""

    def __init__(self, rows: list[Row], module: str) -> None:
        self._rows = rows
        self._module = module
        self._function = ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._function = node.name
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id not in STEPS:
            return node
        said = [ast.unparse(k.value) for k in node.keywords if k.arg in WORDS]
        row = Row(
            module=self._module,
            function=self._function,
            line=node.lineno,
            step=" ".join([node.func.id, *said]),
        )
        self._rows.append(row)
        number = ast.Constant(value=len(self._rows) - 1)
        mark = ast.Name(id=MARK, ctx=ast.Load())
        return ast.Call(func=mark, args=[number, node], keywords=[])
