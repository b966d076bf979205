"""What whole reads pay for their calls: EC2's quota, after the jobs have had theirs."""

from collections.abc import Callable, Iterable

from failover import wiring
from failover.engine import ports
from failover.engine.budget import Api, Read

# Calls that are paid for at a time, at most: each payment is a write.
MOST_AHEAD = 16
# How often, and for how long, somebody asks again who finds the bucket too low.
ASK_AGAIN_S = 0.5
MOST_WAIT_S = 60.0


class Purse:
    """Pays for the calls of one whole read, the more ahead the longer it is.

    What drivers may need stays in the bucket (P8): while they look often, a read
    waits, and after a minute it gives way altogether.
    """

    def __init__(self, *, region_id: int, go_on: Callable[[], None]) -> None:
        """`go_on` is called before each call and while waiting."""
        self._region_id = region_id
        self._go_on = go_on
        self._left: dict[Read, int] = {}
        self._ahead: dict[Read, int] = {}

    def begin(self, apis: Iterable[Read]) -> None:
        """Pay for the first call of each, in one payment."""
        self._left = dict.fromkeys(apis, 1)
        self._wait_for(lambda: self._spend(dict.fromkeys(self._left, 1.0)))

    def pay(self, api: Read) -> None:
        """Pay for one call. Raises Ec2Busy where that takes longer than a minute."""
        self._go_on()
        if not self._left.get(api):
            self._wait_for(lambda: self._refill(api))
        self._left[api] -= 1

    def _refill(self, api: Read) -> bool:
        """As much as the read will probably take, else what a single call takes."""
        wanted = min(2 * self._ahead.get(api, 1), MOST_AHEAD)
        for tokens in (wanted, 1):
            if self._spend({api: float(tokens)}):
                self._left[api] = self._ahead[api] = tokens
                return True
        return False

    def _spend(self, tokens: dict[Api, float]) -> bool:
        budgets = wiring.store().budgets
        return budgets.spend_each(region_id=self._region_id, tokens=tokens)

    def _wait_for(self, is_paid: Callable[[], bool]) -> None:
        until = wiring.monotonic() + MOST_WAIT_S
        while not is_paid():
            if wiring.monotonic() >= until:
                raise ports.Ec2Busy(
                    code="QuotaNeededByJobs",
                    message="Jobs need EC2's quota of reads; the inventory waits.",
                )
            self._go_on()
            wiring.sleep(ASK_AGAIN_S)
