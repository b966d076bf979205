"""EC2's token buckets as they truly are, and what others take from them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from failover.engine.budget import Bucket, Budget, size_of
from failover.engine.job import Action

Throttle = Literal["off", "api", "shared"]
BURST, PER_SECOND = 50.0, 5.0


@dataclass(slots=True, kw_only=True)
class Level:
    """One bucket: what is left in it, and since when."""

    tokens: float
    at: float


class Quotas:
    """One bucket for each mutating API, or a single one for all."""

    def __init__(
        self,
        *,
        now: Callable[[], float],
        throttle: Throttle,
        tokens: float,
        attach_tokens: float | None,
        foreign_per_s: float,
    ) -> None:
        self._now = now
        self._throttle = throttle
        self._tokens = tokens
        self._attach_tokens = tokens if attach_tokens is None else attach_tokens
        self._rate = PER_SECOND - foreign_per_s
        self._levels: dict[str, Level] = {}
        self._started_at = now()

    def take(self, action: Action) -> bool:
        """Take a token for a call; False: EC2 throttles it."""
        if self._throttle == "off":
            return True
        now = self._now()
        name = "shared" if self._throttle == "shared" else action.value
        fresh = Level(tokens=self._full(name), at=self._started_at)
        level = self._levels.setdefault(name, fresh)
        gained = (now - level.at) * self._rate
        level.tokens = min(BURST, level.tokens + gained)
        level.at = now
        if level.tokens < 1.0:
            return False
        level.tokens -= 1.0
        return True

    def _full(self, name: str) -> float:
        return self._attach_tokens if name == Action.ATTACH.value else self._tokens

    def stop_others(self) -> None:
        """Nobody else calls any more."""
        self._rate = PER_SECOND

    def as_budget(self) -> Budget:
        """What the region's row says of it at the start: the truth."""
        if self._throttle == "off":
            return Budget()
        actions = (Action.DETACH, Action.ATTACH, Action.ASSOCIATE, Action.REPLACE_ROUTE)
        return Budget(
            buckets={
                a.value: Bucket(
                    size=size_of(a.value),
                    level=self._full(a.value),
                    rate=PER_SECOND,
                    at=self._started_at,
                )
                for a in actions
            }
        )
