"""One call of EC2, as a step on the way through all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Params = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A call, what to keep of its reply, and how long to wait after it.

    `refused` is the code of a call that cannot work in the article's world.
    """

    action: str
    params: Params = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0
    refused: str | None = None


def step(action: str, wait_s: float = 0, /, **params: Any) -> Step:
    """A step that keeps nothing."""
    return Step(action=action, params=params, wait_s=wait_s)


def keeping(keep: Mapping[str, str], action: str, /, **params: Any) -> Step:
    """A step that keeps members of its reply, each by a path like Vpc.VpcId."""
    return Step(action=action, params=params, keep=keep)
