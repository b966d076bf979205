"""The process that finds work nobody does, and does it if Celery does not.

One loop that never waits: whatever asks EC2 or drives runs on threads of its own, at
most once at a time for each thing. Any number of reconcilers may run; losing every
message, the broker and all workers costs seconds, never a job.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import structlog
from django.db import (
    DatabaseError,
    InterfaceError,
    close_old_connections,
    connections,
)
from django.db.models import Q

from failover import models, tasks, wiring
from failover.engine import cadence, ports
from failover.engine.budget import Read
from failover.services import (
    anchoring,
    attesting,
    drift,
    floating,
    guarding,
    inventory,
    refusals,
)
from failover.services.acts import following
from failover.services.readiness import checking, due

log = structlog.get_logger(__name__)

TICK_S = 0.5
THREADS = 16
READ_THREADS = 8
BEAT_EVERY_S = 1.0
BEATS_KEPT = timedelta(hours=1)
WAKE_EVERY_S = 2.0
# A due job that nobody has touched for this long is driven here (reliability 2.4).
UNTOUCHED_S = 2.0
# With a broker that does not answer there is nothing to wait for.
UNTOUCHED_WITHOUT_BROKER_S = 0.3
WATCH_EVERY_S = 5.0
GUARD_EVERY_S = 1.0
# How often is asked whether a pair is to be judged; each one is as `due` says.
READINESS_EVERY_S = 1.0
# P8: at most 0.2 questions of permission in a second.
QUESTIONS_EVERY_S = 5.0
# People watch what they have asked for.
ACTIONS_EVERY_S = 1.0
SYNC_CLAIM_S = 120.0
# A long read renews its claim so often.
CLAIM_AGAIN_S = 30.0
SYNC_RETRY_S = 5.0
# How often is asked whether an anchor is due, or the daily reading of the audit.
ANCHOR_EVERY_S = 1.0
ATTEST_EVERY_S = 60.0

# What may go wrong in a chore without ending the loop: the next round tries again.
SURVIVED = (
    DatabaseError,
    InterfaceError,
    OSError,
    ports.Ec2Error,
    refusals.Refusal,
)


class Reconciler:
    """One reconciler; `name` is unique, `vantage` says from where it looks."""

    def __init__(self, *, name: str, vantage: str, stop: threading.Event) -> None:
        self._name = name
        self._vantage = vantage
        self._stop = stop
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="chore")
        # Whole reads have threads of their own: regions that do not answer hold up
        # neither the other chores nor, as long as there are fewer, each other.
        self._reads = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="sync")
        self._running: dict[str, Future[None]] = {}
        self._not_before: dict[str, float] = {}
        self._has_looked_at_guards = False

    def run(self) -> None:
        """Reconcile until told to stop, whatever the database or EC2 do."""
        while not self._stop.is_set():
            began = wiring.monotonic()
            self.run_once()
            self._stop.wait(max(0.0, began + TICK_S - wiring.monotonic()))
        for pool in (self._pool, self._reads):
            pool.shutdown(wait=False, cancel_futures=True)

    def run_once(self) -> None:
        """One round. Chores that take time are started, not waited for."""
        close_old_connections()
        for chore in (
            self._beat,
            self._wake_due,
            self._start_syncs,
            self._start_judging,
            self._start_watches,
            self._start_guards,
            self._start_readiness,
            self._start_questions,
            self._start_actions,
            self._start_audit,
        ):
            self._survive(chore)

    def wait_for_chores(self, timeout_s: float) -> None:
        """Wait until what was started has ended."""
        for future in list(self._running.values()):
            future.result(timeout=timeout_s)

    # The chores of the loop itself: a few statements each.

    def _beat(self) -> None:
        if not self._is_time("beat", BEAT_EVERY_S):
            return
        now = wiring.now()
        models.ReconcilerBeat.objects.update_or_create(
            name=self._name, defaults={"vantage": self._vantage, "seen_at": now}
        )
        if self._is_time("sweep", BEATS_KEPT.total_seconds()):
            old = models.ReconcilerBeat.objects.filter(seen_at__lt=now - BEATS_KEPT)
            old.delete()

    def _wake_due(self) -> None:
        patience_s = UNTOUCHED_S
        if tasks.is_broker_broken():
            patience_s = UNTOUCHED_WITHOUT_BROKER_S
        for region_id, waited_s in wiring.store().due_regions().items():
            if self._is_time(f"wake-{region_id}", WAKE_EVERY_S):
                tasks.wake(region_id)
            if waited_s >= patience_s:
                self._start(f"drive-{region_id}", self._drive, region_id)

    def _start_syncs(self) -> None:
        for region in inventory.list_due():
            key = f"sync-{region.id}"
            asked = region.sync_requested_at is not None
            if asked or self._is_time(key, SYNC_RETRY_S):
                self._start(key, self._sync, region, pool=self._reads)

    def _start_judging(self) -> None:
        for region_id in drift.list_regions_to_judge():
            self._start(f"judge-{region_id}", _judge, region_id)

    def _start_watches(self) -> None:
        dark = wiring.store().budgets.dark_regions()
        for region_id in due.list_idle_regions():
            every_s = WATCH_EVERY_S * _pace(region_id, dark)
            if self._is_time(f"watch-{region_id}", every_s):
                self._start(f"watch-{region_id}", self._watch, region_id)

    def _start_guards(self) -> None:
        for pair in guarding.list_suspects():
            if self._is_time(f"guard-{pair.pk}", GUARD_EVERY_S):
                self._start(f"guard-{pair.pk}", _guard, pair)

    def _start_readiness(self) -> None:
        if not self._is_time("readiness", READINESS_EVERY_S):
            return
        for region_id, pairs in due.list_due().items():
            self._start(f"readiness-{region_id}", checking.check, pairs)

    def _start_questions(self) -> None:
        if not self._is_time("questions", QUESTIONS_EVERY_S):
            return
        for region in due.list_regions_to_ask():
            self._start(f"question-{region.pk}", checking.ask, region)

    def _start_actions(self) -> None:
        if not self._is_time("actions", ACTIONS_EVERY_S):
            return
        for region in following.list_regions():
            self._start(f"actions-{region.pk}", following.follow, region)

    def _start_audit(self) -> None:
        if self._is_time("anchor", ANCHOR_EVERY_S):
            self._start("anchor", anchoring.anchor)
        if self._is_time("attest", ATTEST_EVERY_S):
            self._start("attest", self._attest)

    # The chores that ask EC2, on threads.

    def _drive(self, region_id: int) -> None:
        log.info("region.driven_here", region_id=region_id)
        wiring.drive(region_id=region_id, should_stop=self._stop.is_set)

    def _sync(self, region: models.Region) -> None:
        """Read the region's inventory, unless another reconciler is at it."""
        if not _claim_sync(region):
            return
        claim = Claim(region_id=region.id, stop=self._stop)
        try:
            inventory.sync(region, go_on=claim.keep)
        except inventory.Abandoned:
            log.info("region.read_abandoned", region=str(region))
        finally:
            models.Region.objects.filter(id=region.id).update(sync_claimed_until=0.0)

    def _watch(self, region_id: int) -> None:
        """See where one region's idle resources are: feeds the mirror and the guard."""
        pairs = list(due.list_idle().filter(region_id=region_id))
        if not pairs:
            return
        region = pairs[0].region
        calls = cadence.reads(len(pairs))
        if not _may_read(region.pk, calls):
            return
        seen = wiring.gateway(region).observe(floating.resources(pairs))
        wiring.store().mirror(region_id=region.pk, observation=seen)
        inventory.note_drift(region_id=region.pk)

    def _attest(self) -> None:
        """See that the audit is guarded, at the start, and that it is whole, daily."""
        if not self._has_looked_at_guards:
            attesting.check_guards()
            self._has_looked_at_guards = True
        attesting.check_if_due(by="reconciler")

    # Keeping the loop alive.

    def _survive(self, chore: Callable[[], None]) -> None:
        try:
            chore()
        except SURVIVED as error:
            log.warning("chore.failed", chore=chore.__name__, error=str(error))

    def _start(
        self,
        key: str,
        chore: Callable[..., object],
        *args: object,
        pool: ThreadPoolExecutor | None = None,
    ) -> None:
        """Run the chore on a thread unless the last one of that key still runs."""
        running = self._running.get(key)
        if running is not None and not running.done():
            return
        self._running[key] = (pool or self._pool).submit(_run_chore, key, chore, args)

    def _is_time(self, key: str, every_s: float) -> bool:
        now = wiring.monotonic()
        if now < self._not_before.get(key, 0.0):
            return False
        self._not_before[key] = now + every_s
        return True


class Claim:
    """A region's sync, taken for so long as its read goes on."""

    def __init__(self, *, region_id: int, stop: threading.Event) -> None:
        self._region_id = region_id
        self._stop = stop
        self._kept_at = wiring.monotonic()

    def keep(self) -> None:
        """Called with each page. Raises Abandoned where this process is to end."""
        if self._stop.is_set():
            raise inventory.Abandoned
        now = wiring.monotonic()
        if now - self._kept_at < CLAIM_AGAIN_S:
            return
        self._kept_at = now
        lease_now, _ = wiring.store().lease_now()
        models.Region.objects.filter(id=self._region_id).update(
            sync_claimed_until=lease_now + SYNC_CLAIM_S
        )


def run(*, vantage: str, stop: threading.Event) -> None:
    """Run one reconciler in this process until `stop` is set."""
    name = f"{wiring.process_name()}{'@' + vantage if vantage else ''}"
    Reconciler(name=name[:128], vantage=vantage, stop=stop).run()


def _run_chore(
    key: str, chore: Callable[..., object], args: tuple[object, ...]
) -> None:
    try:
        chore(*args)
    except SURVIVED as error:
        log.warning("chore.failed", chore=key, error=str(error))
    except Exception:
        # A defect in one chore must not silence it for good, nor stop the others.
        log.exception("chore.broke", chore=key)
    finally:
        # Chores are seconds apart: the database need not keep a session for each.
        connections.close_all()


def _pace(region_id: int, dark: frozenset[int]) -> float:
    """How much less often to read while a driver needs the region's quota (P8)."""
    return cadence.IDLE_FACTOR if region_id in dark else 1.0


def _may_read(region_id: int, calls: int) -> bool:
    """Pay for reads; not while a driver could miss them."""
    return wiring.store().spend(
        region_id=region_id, api=Read.INTERFACES, tokens=float(calls)
    )


def _judge(region_id: int) -> None:
    drift.judge(region_id=region_id)


def _guard(pair: models.Pair) -> None:
    guarding.guard_repair(pair=pair)


def _claim_sync(region: models.Region) -> bool:
    """Take the region's sync and the request for it; False if another has it."""
    now, boot = wiring.store().lease_now()
    is_free = Q(sync_claimed_until__lt=now) | ~Q(sync_boot=boot)
    # Asked again here: another reconciler may have read it a moment ago.
    is_due = Q(sync_requested_at__isnull=False) | Q(
        synced_at=region.synced_at, sync_failures=region.sync_failures
    )
    # The request is taken with the claim: one that comes during the read is new.
    claimed = models.Region.objects.filter(is_free, is_due, id=region.id).update(
        sync_claimed_until=now + SYNC_CLAIM_S, sync_boot=boot, sync_requested_at=None
    )
    return bool(claimed)
