"""Celery's whole surface: one task that drives, and a wake-up that never fails.

The job's row is the truth and the message a hint; whoever loses one is found by the
reconciler within seconds.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog
from celery.signals import worker_ready, worker_shutting_down
from django.db import DatabaseError, InterfaceError, connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from controlpanel.celery import app
from failover import wiring
from failover.engine import ports
from failover.models import WorkerBeat

log = structlog.get_logger(__name__)

# After a failed publish nobody tries for this long: the reconciler looks anyway.
QUIET_S = 5.0
# A publish takes a millisecond. One that takes this long meets a silent broker.
SILENT_S = 0.5

# How often a worker says that it lives, and for how long that is kept.
BEAT_EVERY_S = 10.0
BEATS_KEPT = timedelta(hours=1)

_stopping = threading.Event()


@app.task(name="failover.drive", ignore_result=True)
def drive(region_id: int) -> None:
    """Drive the region; wake the next driver if work is left."""
    try:
        is_left = wiring.drive(region_id=region_id, should_stop=_stopping.is_set)
    except ports.Ec2Error as error:
        # No credentials, as a rule. The reconciler says it again each time it looks.
        log.warning("region.not_driven", region_id=region_id, error=str(error))
        return
    if is_left:
        wake(region_id)


@worker_ready.connect
def _warm_up(**_: object) -> None:
    wiring.warm_up()
    threading.Thread(target=_beat_until_stopped, name="beat", daemon=True).start()


@worker_shutting_down.connect
def _notice_shutdown(**_: object) -> None:
    _stopping.set()


def beat() -> None:
    """Say that this worker lives; pages warn when none has said so for a while."""
    now = wiring.now()
    WorkerBeat.objects.update_or_create(
        name=wiring.process_name()[:128], defaults={"seen_at": now}
    )
    WorkerBeat.objects.filter(seen_at__lt=now - BEATS_KEPT).delete()


def _beat_until_stopped() -> None:
    while True:
        try:
            beat()
        except (DatabaseError, InterfaceError) as error:
            log.warning("worker.not_noted", error=str(error))
        finally:
            connection.close()
        if _stopping.wait(BEAT_EVERY_S):
            return


class Doorbell:
    """Publishes wake-ups from one thread, so that no caller waits for a broker.

    A broker that has gone silent costs that thread three seconds and the callers
    nothing; a wake-up that is still on its way is not doubled.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[int] = set()
        self._quiet_until = 0.0
        self._publishing_since: float | None = None
        self._pool: ThreadPoolExecutor | None = None

    def ring(self, region_id: int) -> None:
        """Publish soon, or not at all while the broker is known not to answer."""
        with self._lock:
            if region_id in self._waiting or self.is_broken():
                return
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="doorbell")
            self._waiting.add(region_id)
            self._pool.submit(self._publish, region_id)

    def is_broken(self) -> bool:
        """Whether the last publish failed lately, or the present one hangs."""
        now, since = wiring.monotonic(), self._publishing_since
        return now < self._quiet_until or (since is not None and now - since > SILENT_S)

    def _publish(self, region_id: int) -> None:
        # Removed first: a wake-up that comes while this one leaves is a new one.
        with self._lock:
            self._waiting.discard(region_id)
            if self.is_broken():
                return
            self._publishing_since = wiring.monotonic()
        try:
            drive.apply_async(args=(region_id,), retry=False)
        except (KombuError, RedisError, OSError) as error:
            self._quiet_until = wiring.monotonic() + QUIET_S
            log.warning("wake.not_published", region_id=region_id, error=str(error))
        finally:
            self._publishing_since = None


_doorbell = Doorbell()


def wake(region_id: int) -> None:
    """Ask a worker to drive the region. Returns at once and never raises."""
    try:
        _doorbell.ring(region_id)
    except RuntimeError as error:
        # The interpreter is shutting down and takes no more work.
        log.warning("wake.not_published", region_id=region_id, error=str(error))


def is_broker_broken() -> bool:
    """Whether this process's last wake-up could not be published."""
    return _doorbell.is_broken()


def _forget() -> None:
    global _doorbell
    _doorbell = Doorbell()


os.register_at_fork(after_in_child=_forget)
