"""What an operator of ec2sim may set at the start and change while it runs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

THROTTLES = ("off", "api", "shared")


class BadControl(ValueError):
    """A control was sent something it cannot use; the text says what."""


@dataclass(slots=True, kw_only=True)
class Config:
    """Seconds of the simulated clock, except `latency_s`, which scales with it.

    `jitter` 0.3 makes every transition last between 0.7 and 1.3 of its time.
    """

    detach_s: float = 3.0
    attach_s: float = 2.0
    jitter: float = 0.0
    latency_s: float = 0.05
    throttle: str = "off"
    stale_s: float = 0.0
    launch_s: float = 2.0
    stop_s: float = 3.0
    terminate_s: float = 3.0

    def change(self, values: Mapping[str, Any]) -> None:
        """Set what is named, all or nothing. Raises BadControl."""
        known = {field.name for field in fields(self)}
        changes: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                raise BadControl(f"{name}: unknown; known are {sorted(known)}")
            changes[name] = self._checked(name, value)
        for name, value in changes.items():
            setattr(self, name, value)

    def shown(self) -> dict[str, Any]:
        """Every setting by name."""
        return asdict(self)

    @staticmethod
    def _checked(name: str, value: object) -> object:
        if name == "throttle":
            if value not in THROTTLES:
                raise BadControl(f"throttle: expected one of {THROTTLES}")
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadControl(f"{name}: expected a number")
        if not 0 <= value < float("inf"):
            raise BadControl(f"{name}: expected a number of 0 or more")
        if name == "jitter" and value > 1:
            raise BadControl("jitter: expected a number from 0 to 1")
        return float(value)
