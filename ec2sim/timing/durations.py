"""How long an attach or a detach lasts: fixed, or drawn as EC2's seem to be.

EC2 publishes no figures. The lognormal defaults lie between what clients of it allow
for and report: seconds as a rule, a minute now and then, minutes from a dead guest.
"""

import math
import random

from ec2sim.config import Config

# The 99th percentile of the standard normal distribution.
Z99 = 2.3263478740408408
DEAD_GUEST_S = (200.0, 600.0)


class Durations:
    """Draws by seed, interface and its how-manieth move it is.

    So a world draws the same whatever the order in which its callers come.
    The caller holds the account's lock.
    """

    def __init__(self, config: Config, seed: int) -> None:
        self._config = config
        self._seed = seed
        self._moves: dict[tuple[str, str], int] = {}

    def attach_s(self, interface_id: str, *, own_s: float | None = None) -> float:
        """Seconds until it is attached; `own_s` is what its instance insists on."""
        if own_s is not None:
            return own_s
        chance = self._chance("attach", interface_id)
        if self._config.distribution == "fixed":
            return self._jittered(self._config.attach_s, chance)
        return _lognormal(
            chance, self._config.attach_median_s, self._config.attach_p99_s
        )

    def detach_s(
        self,
        interface_id: str,
        *,
        own_s: float | None = None,
        is_dead: bool = False,
        is_easy: bool = False,
    ) -> float:
        """Seconds until it is available.

        `is_easy`: forced, or there is no guest that would have to let go. `is_dead`:
        the guest cannot. Neither matters to fixed times.
        """
        if own_s is not None:
            return own_s
        chance = self._chance("detach", interface_id)
        if self._config.distribution == "fixed":
            return self._jittered(self._config.detach_s, chance)
        drawn = chance.random()
        if not is_easy and (is_dead or drawn < self._config.dead_guest):
            return chance.uniform(*DEAD_GUEST_S)
        return _lognormal(
            chance, self._config.detach_median_s, self._config.detach_p99_s
        )

    def clear(self) -> None:
        """Draw from the beginning again."""
        self._moves.clear()

    def _chance(self, verb: str, interface_id: str) -> random.Random:
        move = self._moves.get((verb, interface_id), 0) + 1
        self._moves[verb, interface_id] = move
        return random.Random(f"{self._seed} {verb} {interface_id} {move}")

    def _jittered(self, seconds: float, chance: random.Random) -> float:
        return seconds * (1 + self._config.jitter * chance.uniform(-1, 1))


def is_stuck(seconds: float) -> bool:
    """Whether a detach lasts so long that only a dead guest explains it."""
    return seconds > DEAD_GUEST_S[0]


def _lognormal(chance: random.Random, median: float, p99: float) -> float:
    sigma = math.log(p99 / median) / Z99
    return median * math.exp(sigma * chance.gauss(0.0, 1.0))
