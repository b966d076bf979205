"""The only place that joins settings to concrete things, and that calls the clock.

Every object here is one per process and safe to share between its threads; a forked
child makes its own.
"""

import contextlib
import functools
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import (
    DatabaseError,
    InterfaceError,
    close_old_connections,
    connection,
)

from failover.ec2.gateway import Gateway
from failover.ec2.session import Identity
from failover.ec2.standing import Standing
from failover.engine import ports, run
from failover.engine.limits import Limits
from failover.incarnation import FileLives, Incarnation, SessionLives
from failover.models import Instance, Region
from failover.probes.own import OwnAddresses
from failover.probes.policy import Policy
from failover.probes.prober import Prober
from failover.store import DjangoStore

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

POOL_THREADS = 48
READ_THREADS = 32
PROBE_THREADS = 32
# How old the measured offset between our monotonic clock and the database's may be.
OFFSET_AGE_S = 10.0
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class DatabaseClock:
    """Database time, carried on the monotonic clock between measurements (P11).

    While somebody holds it, it is carried on and not measured: a step of the database's
    clock moves nothing that is under way.
    """

    def __init__(
        self, *, database_now: Callable[[], float], good_for_s: float = OFFSET_AGE_S
    ) -> None:
        self._database_now = database_now
        self._good_for_s = good_for_s
        self._offset = 0.0
        self._measured_at: float | None = None
        self._lock = threading.Lock()
        self._holders = 0

    def now(self) -> float:
        """POSIX seconds as the database has them; asks it only the first time."""
        if self._measured_at is None:
            self.measure()
        return time.monotonic() + self._offset

    def measure(self) -> None:
        """Ask the database for the time, unless it was asked a moment ago."""
        before = time.monotonic()
        at = self._measured_at
        if at is not None and (self._holders or before - at < self._good_for_s):
            return
        said = self._database_now()
        after = time.monotonic()
        with self._lock:
            if not self._holders or self._measured_at is None:
                self._offset = said - (before + after) / 2
                self._measured_at = after

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Measure now if it is time to, and not again before the block has ended."""
        self.measure()
        with self._lock:
            self._holders += 1
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1


class ConnectionPool(ThreadPoolExecutor):
    """Threads whose database connections are looked after between their tasks."""

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        def with_healthy_connection() -> T:
            close_old_connections()
            return fn(*args, **kwargs)

        return super().submit(with_healthy_connection)


class DriverLog:
    """Where the driver says what it could not do."""

    def tick_failed(self, job_id: uuid.UUID, error: Exception) -> None:
        log.error("job.tick.failed", job_id=str(job_id), exc_info=error)

    def probe_failed(self, job_id: uuid.UUID, error: Exception) -> None:
        log.error("job.probe.failed", job_id=str(job_id), exc_info=error)


def monotonic() -> float:
    """Seconds for measuring durations in this process."""
    return time.monotonic()


def sleep(duration_s: float) -> None:
    time.sleep(duration_s)


def now() -> datetime:
    """Database time as an aware datetime, for stamps."""
    return datetime.fromtimestamp(clock().now(), tz=UTC)


def new_uuid() -> uuid.UUID:
    return uuid.uuid4()


@functools.cache
def limits() -> Limits:
    """The engine's numbers, from the settings that contract.md names."""
    return Limits(
        poll_dark_s=settings.POLL_DARK_S,
        poll_idle_s=settings.POLL_IDLE_S,
        lease_ttl_s=settings.LEASE_TTL_S,
        settle_s=settings.SETTLE_S,
        verify_after_s=settings.VERIFY_AFTER_S,
        force_after_s=settings.FORCE_AFTER_S,
        hold_down_s=settings.HOLD_DOWN_S,
        sync_every_s=settings.SYNC_EVERY_S,
    )


@functools.cache
def store() -> DjangoStore:
    """The engine's Store over Django's database."""
    return DjangoStore(
        boot_id=_read_boot_id(),
        boot_now=_boot_now,
        wall_now=time.time,
        lease_ttl_s=limits().lease_ttl_s,
        is_dead=lambda owner: incarnation().is_dead(owner),
    )


def clock() -> DatabaseClock:
    """Database time for the engine and for stamps; measured again now and then."""
    found = _clock()
    found.measure()
    return found


def process_name() -> str:
    """A name that no other process has or had: host, process id and chance."""
    return _incarnation().name


def incarnation() -> Incarnation:
    """This process's life, the owner of its leases."""
    return _incarnation()


def gateway(region: Region) -> Gateway:
    """EC2 as this region's account sees it; one per region while its role stays.

    Raises NotSent where boto3 finds no credentials.
    """
    identity = Identity(
        region=region.name,
        role_arn=region.account.role_arn,
        external_id=region.account.external_id,
    )
    with _gateways_lock:
        known = _gateways.get(region.id)
        if known is not None and known[0] == identity:
            return known[1]
        made = Gateway(
            identity=identity,
            clock=_clock(),
            wall_now=time.time,
            is_open_for=store().is_open_for,
            leave_within_s=limits().lease_ttl_s * 2 / 3,
            pool=_read_pool(),
            zones_of=functools.partial(_zones_of, region.id),
        )
        _gateways[region.id] = (identity, made)
        return made


@functools.cache
def standing(region: str) -> Standing:
    """Who we are to AWS by ourselves, as that region's STS says it.

    Raises NotSent where boto3 finds no credentials.
    """
    return Standing(region=region)


def _zones_of(region_id: int, ids: Sequence[str]) -> dict[str, str]:
    """The zones of instances as the mirror knows them; a look goes on without."""
    rows = Instance.objects.filter(region_id=region_id, instance_id__in=ids)
    try:
        return dict(rows.values_list("instance_id", "availability_zone"))
    except (DatabaseError, InterfaceError):
        return {}


@functools.cache
def prober() -> Prober:
    """What probes services from this process, within what the settings allow."""
    own = OwnAddresses(list_hosts=_list_own_hosts, monotonic=time.monotonic)
    return Prober(
        policy=Policy(
            allowed=settings.PROBE_ALLOW_NETS,
            ports=settings.PROBE_PORTS,
            own_addresses=own,
        ),
        monotonic=time.monotonic,
        within_s=limits().probe_within_s,
    )


def _list_own_hosts() -> list[str]:
    """Where our database and our broker are, by name or address."""
    databases = [str(d.get("HOST") or "") for d in settings.DATABASES.values()]
    hosts = [host for listed in databases for host in listed.split(",")]
    return [*hosts, urlsplit(settings.REDIS_URL).hostname or ""]


def warm_up() -> None:
    """Make what the first drive or request would wait for; no harm if it fails."""
    try:
        clock()
        # Whether EC2 counts all calls together is learned anew after a restart.
        store().budgets.forgive()
        for region in Region.objects.select_related("account"):
            gateway(region)
    except (DatabaseError, InterfaceError, ports.Ec2Error) as error:
        log.info("not_warmed_up", error=str(error))
    finally:
        connection.close()


def drive(*, region_id: int, should_stop: Callable[[], bool]) -> bool:
    """Drive a region's due jobs for at most half a minute (protocol P10).

    Returns whether work is left that somebody should be woken for. A crash leaves
    rows that the next driver claims.
    """
    region = Region.objects.select_related("account").get(id=region_id)
    with _clock().held():
        return run.run_region(
            region_id=region_id,
            owner=incarnation().name_drive(),
            ec2=gateway(region),
            store=store(),
            clock=_clock(),
            pool=_pool(),
            prober=prober(),
            probe_pool=_probe_pool(),
            limits=limits(),
            new_id=new_uuid,
            should_stop=should_stop,
            log=DriverLog(),
        )


# One per process, made at first use.


_gateways: dict[int, tuple[Identity, Gateway]] = {}
_gateways_lock = threading.Lock()


@functools.cache
def _clock() -> DatabaseClock:
    return DatabaseClock(database_now=lambda: store().database_now())


@functools.cache
def _pool() -> ConnectionPool:
    return ConnectionPool(POOL_THREADS, thread_name_prefix="engine")


@functools.cache
def _read_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(READ_THREADS, thread_name_prefix="ec2-read")


@functools.cache
def _probe_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(PROBE_THREADS, thread_name_prefix="probe")


@functools.cache
def _incarnation() -> Incarnation:
    host = socket.gethostname()[:48]
    lives: FileLives | SessionLives = (
        SessionLives()
        if connection.vendor == "postgresql"
        else FileLives(folder=Path(settings.DATA_DIR) / "locks")
    )
    return Incarnation(
        name=f"{host}-{os.getpid()}-{uuid.uuid4().hex[:12]}", lives=lives
    )


def _read_boot_id() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        # Not Linux: the monotonic clock starts anew with each boot there too, and
        # the moment of boot, to the minute, tells boots apart.
        return f"boot-{(time.time() - time.monotonic()) // 60:.0f}"


def _boot_now() -> float:
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def end() -> None:
    """End this process's threads and its life, and forget every object.

    Whatever runs is waited for. Its leases are free for others at once.
    """
    for pool in (_pool, _read_pool, _probe_pool):
        if pool.cache_info().currsize:
            pool().shutdown(wait=True)
    if _incarnation.cache_info().currsize:
        _incarnation().end()
    start_anew()


def start_anew() -> None:
    """Forget every object: a forked child shares none with its parent."""
    global _gateways_lock
    _gateways_lock = threading.Lock()
    _gateways.clear()
    cached: tuple[Any, ...] = (
        *(_clock, _pool, _read_pool, _probe_pool, _incarnation),
        *(store, limits, prober, standing),
    )
    for made in cached:
        made.cache_clear()


os.register_at_fork(after_in_child=start_anew)
