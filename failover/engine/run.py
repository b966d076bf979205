"""The runtime of the driver: a pool for looks and calls, a queue for their ends.

Over ports only, so it stands in the engine; threads are its one concession. The pool
is the caller's, 32 threads or more, and outlives the run.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from queue import Empty, SimpleQueue
from uuid import UUID

from failover.engine.drive import Driver
from failover.engine.errands import Event, Log, LookFailed, Rehearsed
from failover.engine.job import Call, Intent
from failover.engine.limits import Limits
from failover.engine.ports import (
    Clock,
    Ec2,
    Ec2Error,
    Ec2OutcomeUnknown,
    Ec2Refused,
    Fence,
    Store,
)
from failover.engine.topology import Scope

# A stop is noticed within this time even if nothing ends (P10: "within a tick").
LONGEST_PAUSE_S = 0.25


class PooledErrands:
    """Runs looks and calls on a pool and queues how they ended."""

    def __init__(self, *, ec2: Ec2, pool: Executor) -> None:
        self._ec2 = ec2
        self._pool = pool
        self._ended: SimpleQueue[Event | Exception] = SimpleQueue()

    def look(self, scope: Scope) -> None:
        self._pool.submit(self._look, scope)

    def send(self, intent: Intent, fence: Fence) -> None:
        self._pool.submit(self._send, intent, fence)

    def rehearse(self, call: Call) -> None:
        self._pool.submit(self._rehearse, call)

    def wait(self, timeout_s: float) -> Sequence[Event]:
        """What has ended, waiting at most `timeout_s` for the first of it."""
        events: list[Event] = []
        try:
            event = self._ended.get(timeout=timeout_s) if timeout_s > 0 else None
            while True:
                if isinstance(event, Exception):
                    raise event
                if event is not None:
                    events.append(event)
                event = self._ended.get_nowait()
        except Empty:
            return events

    def _look(self, scope: Scope) -> None:
        try:
            seen = self._ec2.observe(scope)
            self._ended.put(seen)
            if seen.scope != scope:
                error = Ec2OutcomeUnknown(code="partial", message="Not all was shown.")
                self._ended.put(LookFailed(scope=scope, error=error, shown=seen.scope))
        except Ec2Error as error:
            self._ended.put(LookFailed(scope=scope, error=error))
        except Exception as error:  # noqa: BLE001 - carried to the driver's thread.
            self._ended.put(error)

    def _rehearse(self, call: Call) -> None:
        try:
            self._ended.put(Rehearsed(is_allowed=self._ec2.may(call)))
        except Ec2Refused:
            # EC2 weighs permission first: any other refusal says that we have it.
            self._ended.put(Rehearsed(is_allowed=True))
        except Ec2Error:
            self._ended.put(Rehearsed(is_allowed=None))
        except Exception as error:  # noqa: BLE001 - carried to the driver's thread.
            self._ended.put(error)

    def _send(self, intent: Intent, fence: Fence) -> None:
        try:
            self._ended.put(self._ec2.send(intent, fence))
        except Exception as error:  # noqa: BLE001 - carried to the driver's thread.
            self._ended.put(error)


def run_region(  # noqa: PLR0913 - every port by name; wiring is its one caller.
    *,
    region_id: int,
    owner: str,
    ec2: Ec2,
    store: Store,
    clock: Clock,
    pool: Executor,
    limits: Limits,
    new_id: Callable[[], UUID],
    should_stop: Callable[[], bool],
    log: Log,
) -> bool:
    """Drive the region until nothing is due, or for `limits.run_for_s`.

    Returns whether work is left that somebody should be woken for. A crash anywhere
    leaves rows that the next driver claims once the leases are over.
    """
    errands = PooledErrands(ec2=ec2, pool=pool)
    driver = Driver(
        region_id=region_id,
        owner=owner,
        store=store,
        errands=errands,
        clock=clock,
        limits=limits,
        new_id=new_id,
        should_stop=should_stop,
        log=log,
    ).run()
    try:
        pause = next(driver)
        while True:
            wait_s = min(pause.until - clock.now(), LONGEST_PAUSE_S)
            pause = driver.send(errands.wait(wait_s))
    except StopIteration as end:
        return bool(end.value)
