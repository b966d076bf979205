"""Faults by plan: which calls go wrong, how, how often, and what was decided."""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from ec2sim.faults import fault as faults
from ec2sim.faults.fault import Fault, Target
from ec2sim.values import NoSuch

KEPT_DECISIONS = 10_000


class Plan:
    """The faults in force. Any thread may ask.

    Each draws from a seed of its own, so that one fault's luck is not another's.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._made = 0
        self._decisions: deque[dict[str, Any]] = deque(maxlen=KEPT_DECISIONS)

    @property
    def is_empty(self) -> bool:
        """Whether no call can be struck."""
        return not self._faults

    def add(self, given: Mapping[str, Any]) -> Fault:
        """Put a fault in force. Raises BadControl."""
        with self._lock:
            fault = faults.read(given, number=self._made + 1, seed=self._seed)
            self._made += 1
            self._faults.append(fault)
        return fault

    def strike(self, target: Target, *, at: float, request_id: str) -> Fault | None:
        """The fault that this call meets, if any; it counts as fired.

        The first in the plan whose turn it is strikes; the others count the call as
        seen. Every decision is noted.
        """
        with self._lock:
            struck = None
            for fault in self._faults:
                if not fault.concerns(target):
                    continue
                strikes, why = fault.meet()
                if strikes and struck is not None:
                    strikes, why = False, f"{struck.id} struck"
                if strikes:
                    struck = fault
                    fault.fired += 1
                self._decisions.append(
                    {
                        "fault": fault.id,
                        "call": fault.seen,
                        "struck": strikes,
                        "why": why,
                        "at": at,
                        "action": target.action,
                        "request_id": request_id,
                    }
                )
            return struck

    def forbids(self, target: Target) -> bool:
        """Whether a dry run would be told that it is not authorized."""
        with self._lock:
            return any(
                fault.concerns(target) and not fault.is_spent()
                for fault in self._faults
                if fault.kind in faults.FORBIDDING
            )

    def lift(self, fault_id: str) -> None:
        """Take one fault out of force. Raises NoSuch."""
        with self._lock:
            left = [fault for fault in self._faults if fault.id != fault_id]
            if len(left) == len(self._faults):
                raise NoSuch(f"{fault_id}: no such fault")
            self._faults = left

    def clear(self) -> None:
        """Lift every fault; what was decided stays known."""
        with self._lock:
            self._faults = []

    def reset(self) -> None:
        """Lift every fault, forget every decision, and count from one again."""
        with self._lock:
            self._faults = []
            self._decisions.clear()
            self._made = 0

    def shown(self) -> list[dict[str, Any]]:
        """Every fault in force."""
        with self._lock:
            return [fault.shown() for fault in self._faults]

    def decisions(self) -> list[dict[str, Any]]:
        """What was decided of late, oldest first: one entry for fault and call."""
        with self._lock:
            return list(self._decisions)
