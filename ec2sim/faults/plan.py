"""Faults by plan: which calls go wrong, how, and how often."""

import random
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ec2sim.config import BadControl
from ec2sim.errors import Ec2Error

KINDS = (
    "throttle",
    "error-before",
    "error-after",
    "drop-before",
    "drop-after",
    "late",
    "unauthorized",
)


@dataclass(slots=True, kw_only=True)
class Fault:
    """One line of the plan; `seen` counts matching calls, `fired` the struck ones."""

    id: str
    action: str
    kind: str
    resource: str | None = None
    nth: int | None = None
    times: int | None = None
    probability: float | None = None
    delay_s: float = 0.0
    seen: int = 0
    fired: int = 0

    def concerns(self, action: str, resources: Collection[str]) -> bool:
        """Whether a call is one of those that this fault may strike."""
        if not fnmatchcase(action, self.action):
            return False
        return self.resource is None or self.resource in resources

    def is_spent(self) -> bool:
        """Whether it has struck as often as it was told to."""
        return self.times is not None and self.fired >= self.times

    def shown(self) -> dict[str, Any]:
        """The fault as the control door shows it."""
        return {name: getattr(self, name) for name in self.__slots__}


class Plan:
    """The faults in force. Any thread may ask."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._made = 0

    def add(self, values: Mapping[str, Any]) -> Fault:
        """Put a fault in force. Raises BadControl."""
        known = {"action", "kind", "resource", "nth", "times", "probability", "delay_s"}
        unknown = sorted(set(values) - known)
        if unknown:
            raise BadControl(f"{unknown[0]}: unknown; known are {sorted(known)}")
        fault = Fault(
            id="",
            action=_text(values, "action"),
            kind=_text(values, "kind"),
            resource=_text(values, "resource") if values.get("resource") else None,
            nth=_count(values, "nth"),
            times=_count(values, "times"),
            probability=_number(values, "probability", at_most=1),
            delay_s=_number(values, "delay_s") or 0.0,
        )
        if fault.kind not in KINDS and not fault.kind.startswith("refuse:"):
            raise BadControl(f"kind: expected refuse:CODE or one of {KINDS}")
        if fault.kind == "refuse:":
            raise BadControl("kind: refuse: needs a code")
        if fault.nth is not None and fault.times is None:
            fault.times = 1
        with self._lock:
            self._made += 1
            fault.id = f"fault-{self._made}"
            self._faults.append(fault)
        return fault

    def strike(self, action: str, resources: Collection[str]) -> Fault | None:
        """The fault that this call meets, if any; it counts as fired."""
        if not self._faults:
            return None
        with self._lock:
            struck = None
            for fault in self._faults:
                if not fault.concerns(action, resources):
                    continue
                fault.seen += 1
                if struck is None and self._is_turn(fault):
                    struck = fault
                    fault.fired += 1
            return struck

    def forbids(self, action: str, resources: Collection[str]) -> bool:
        """Whether a dry run would be told that it is not authorized."""
        with self._lock:
            return any(
                fault.concerns(action, resources) and not fault.is_spent()
                for fault in self._faults
                if fault.kind in ("unauthorized", "refuse:UnauthorizedOperation")
            )

    def clear(self, fault_id: str | None = None) -> None:
        """Lift one fault, or all of them."""
        with self._lock:
            self._faults = [
                fault
                for fault in self._faults
                if fault_id is not None and fault.id != fault_id
            ]

    def shown(self) -> list[dict[str, Any]]:
        """Every fault in force."""
        with self._lock:
            return [fault.shown() for fault in self._faults]

    def _is_turn(self, fault: Fault) -> bool:
        if fault.is_spent() or (fault.nth is not None and fault.seen < fault.nth):
            return False
        if fault.probability is None:
            return True
        return self._chance.random() < fault.probability


def refusal(fault: Fault, action: str) -> Ec2Error | None:
    """The error that a fault answers with before anything is applied, if any."""
    if fault.kind.startswith("refuse:"):
        code = fault.kind.removeprefix("refuse:")
        return Ec2Error(code, f"{action} is refused by the plan of faults.")
    if fault.kind == "throttle":
        return throttled()
    if fault.kind == "unauthorized":
        return unauthorized()
    if fault.kind == "error-before":
        return internal()
    return None


def throttled() -> Ec2Error:
    """The answer to one call too many."""
    return Ec2Error("RequestLimitExceeded", "Request limit exceeded.")


def unauthorized() -> Ec2Error:
    """The answer to a call that the caller's policies do not allow."""
    return Ec2Error(
        "UnauthorizedOperation", "You are not authorized to perform this operation."
    )


def internal() -> Ec2Error:
    """The answer that leaves open whether anything has happened."""
    return Ec2Error("InternalError", "An internal error has occurred")


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise BadControl(f"{name}: expected a text")
    return value


def _count(values: Mapping[str, Any], name: str) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadControl(f"{name}: expected a whole number of 1 or more")
    return value


def _number(
    values: Mapping[str, Any], name: str, *, at_most: float = float("inf")
) -> float | None:
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadControl(f"{name}: expected a number")
    if not 0 <= value <= at_most:
        raise BadControl(f"{name}: out of range")
    return float(value)
