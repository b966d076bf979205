"""The runtime of the driver: a pool for looks and calls, a queue for their ends.

Over ports only, so it stands in the engine; threads are its one concession. The pools
are the caller's and outlive the run: 32 threads or more for EC2, and others for probes,
so that services which do not answer hold up no call.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from queue import Empty, SimpleQueue
from uuid import UUID

from failover.engine.drive import Driver
from failover.engine.errands import Event, Log, LookFailed, ProbeEnded, Rehearsed
from failover.engine.job import Call, Intent
from failover.engine.limits import Limits
from failover.engine.ports import (
    Clock,
    Ec2,
    Ec2Error,
    Ec2OutcomeUnknown,
    Ec2Refused,
    Fence,
    Prober,
    Store,
)
from failover.engine.probes import Question
from failover.engine.topology import Scope

# A stop is noticed within this time even if nothing ends (P10: "within a tick").
LONGEST_PAUSE_S = 0.25


class PooledErrands:
    """Runs looks, calls and probes on pools and queues how they ended."""

    def __init__(
        self,
        *,
        ec2: Ec2,
        pool: Executor,
        prober: Prober,
        probe_pool: Executor,
        log: Log,
    ) -> None:
        self._ec2 = ec2
        self._pool = pool
        self._prober = prober
        self._probe_pool = probe_pool
        self._log = log
        self._ended: SimpleQueue[Event | Exception] = SimpleQueue()

    def look(self, scope: Scope) -> None:
        self._pool.submit(self._look, scope)

    def send(self, intent: Intent, fence: Fence) -> None:
        self._pool.submit(self._send, intent, fence)

    def rehearse(self, call: Call) -> None:
        self._pool.submit(self._rehearse, call)

    def probe(self, job_id: UUID, question: Question) -> None:
        try:
            self._probe_pool.submit(self._probe, job_id, question)
        except RuntimeError as error:
            # A pool that takes nothing more is no reason to stop driving.
            self._log.probe_failed(job_id, error)
            self._ended.put(ProbeEnded(job_id=job_id, verdict=None))

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

    def _probe(self, job_id: UUID, question: Question) -> None:
        verdict = None
        try:
            verdict = self._prober.probe(question)
        except Exception as error:  # noqa: BLE001 - a broken prober knows nothing.
            self._log.probe_failed(job_id, error)
        self._ended.put(ProbeEnded(job_id=job_id, verdict=verdict))


def run_region(  # noqa: PLR0913 - every port by name; wiring is its one caller.
    *,
    region_id: int,
    owner: str,
    ec2: Ec2,
    store: Store,
    clock: Clock,
    pool: Executor,
    prober: Prober,
    probe_pool: Executor,
    limits: Limits,
    new_id: Callable[[], UUID],
    should_stop: Callable[[], bool],
    log: Log,
) -> bool:
    """Drive the region until nothing is due, or for `limits.run_for_s`.

    Returns whether work is left that somebody should be woken for. A crash anywhere
    leaves rows that the next driver claims once the leases are over.
    """
    errands = PooledErrands(
        ec2=ec2, pool=pool, prober=prober, probe_pool=probe_pool, log=log
    )
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
