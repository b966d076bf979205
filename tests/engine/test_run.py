"""The runtime: looks and calls on a pool, their ends in a queue."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from failover.engine import run
from failover.engine.errands import Event, LookFailed, ProbeEnded, Rehearsed
from failover.engine.job import Call, Intent, Job, Kind, Outcome, State
from failover.engine.limits import Limits
from failover.engine.ports import Ec2Busy, Ec2Refused, Fence, Receipt, describe
from failover.engine.probes import (
    Probe,
    ProbeKind,
    ProbeOutcome,
    Question,
    Verdict,
)
from failover.engine.topology import Attachment, Interface, Observation, Scope
from tests.engine.cast import (
    AT_STANDBY,
    INTERFACE,
    JOB_ID,
    PRIMARY,
    PRIVATE_IP,
    STANDBY,
    a_detach,
    a_job,
    an_attach,
    an_instance,
    an_interface,
    held,
)
from tests.simulation.memory_store import MemoryStore

REGION = 1
PROBE = Probe(kind=ProbeKind.TCP, port=443)
QUESTION = Question(address=PRIVATE_IP, probe=PROBE)
PASS = Verdict(outcome=ProbeOutcome.PASSED, address=PRIVATE_IP, port=443)


class RealClock:
    def now(self) -> float:
        return time.time()


@dataclass(slots=True)
class SmallEc2:
    """One interface that is attached as soon as it is asked for."""

    store: MemoryStore
    failing: list[Exception] = field(default_factory=list)
    attachment: Attachment | None = None
    is_allowed: bool = True

    def observe(self, scope: Scope) -> Observation:
        if self.failing:
            raise self.failing.pop()
        began_at = time.time()
        shown: Interface = an_interface(self.attachment)
        return Observation(
            scope=scope,
            began_at=began_at,
            ended_at=time.time(),
            interfaces={INTERFACE: shown},
            instances={STANDBY: an_instance()},
        )

    def may(self, call: Call) -> bool:
        del call
        if self.failing:
            raise self.failing.pop()
        return self.is_allowed

    def send(self, intent: Intent, fence: Fence) -> Receipt:
        if self.failing:
            raise self.failing.pop()
        assert self.store.is_open_for(fence)
        self.attachment = held(STANDBY)
        now = time.time()
        return Receipt(
            intent_id=intent.id,
            job_id=intent.job_id,
            outcome=Outcome.OK,
            sent_at=now,
            ended_at=now,
            duration_s=0.0,
            attachment_id=AT_STANDBY,
        )


class Silent:
    def tick_failed(self, job_id: UUID, error: Exception) -> None:
        message = f"{job_id} failed"
        raise AssertionError(message) from error

    def probe_failed(self, job_id: UUID, error: Exception) -> None:
        del job_id, error


@dataclass(slots=True)
class SmallProber:
    """A service that answers as it is told to."""

    failing: Exception | None = None
    asked: list[Question] = field(default_factory=list)

    def probe(self, question: Question) -> Verdict:
        self.asked.append(question)
        if self.failing is not None:
            raise self.failing
        return PASS


def the_errands(
    ec2: SmallEc2,
    pool: ThreadPoolExecutor,
    prober: SmallProber | None = None,
    probe_pool: ThreadPoolExecutor | None = None,
) -> run.PooledErrands:
    return run.PooledErrands(
        ec2=ec2,
        pool=pool,
        prober=prober or SmallProber(),
        probe_pool=probe_pool or pool,
        log=Silent(),
    )


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore(now=time.time)
    store.add_region(region_id=REGION)
    return store


def attach_job() -> Job:
    return a_job(kind=Kind.ATTACH, from_instance_id=None, requested_at=time.time())


def run_it(
    ec2: SmallEc2,
    pool: ThreadPoolExecutor,
    *,
    stop: bool = False,
    prober: SmallProber | None = None,
) -> bool:
    return run.run_region(
        region_id=REGION,
        owner="me",
        ec2=ec2,
        store=ec2.store,
        clock=RealClock(),
        pool=pool,
        prober=prober or SmallProber(),
        probe_pool=pool,
        limits=Limits(verify_after_s=0.1, poll_idle_s=0.05, poll_dark_s=0.05),
        new_id=uuid4,
        should_stop=lambda: stop,
        log=Silent(),
    )


def test_a_region_is_driven_until_nothing_is_due(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    store.request(job=attach_job(), locks=frozenset())
    ec2 = SmallEc2(store=store, failing=[Ec2Busy(code="RequestLimitExceeded")])

    left = run_it(ec2, pool)

    assert left is False
    assert store.rows[JOB_ID].job.state is State.SUCCEEDED


def test_a_stop_is_noticed_and_leaves_the_rest(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    store.request(job=attach_job(), locks=frozenset())

    assert run_it(SmallEc2(store=store), pool, stop=True) is False
    assert store.rows[JOB_ID].fence_token == 0


def test_what_breaks_on_the_pool_breaks_the_run(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    store.request(job=attach_job(), locks=frozenset())

    with pytest.raises(KeyError):
        run_it(SmallEc2(store=store, failing=[KeyError("lost")]), pool)


def test_a_call_that_breaks_breaks_the_run_too(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    errands = the_errands(SmallEc2(store=store, failing=[KeyError("lost")]), pool)

    errands.send(an_attach(), Fence(job_id=JOB_ID, fence_token=1, version=1))

    with pytest.raises(KeyError):
        errands.wait(5.0)


def test_a_look_that_fails_is_an_event(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    error = Ec2Refused(code="UnauthorizedOperation", message="no")
    errands = the_errands(SmallEc2(store=store, failing=[error]), pool)

    errands.look(Scope())

    assert errands.wait(5.0) == [LookFailed(scope=Scope(), error=error)]
    assert str(error) == "UnauthorizedOperation: no"


def test_waiting_for_nothing_takes_what_is_there(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    errands = the_errands(SmallEc2(store=store), pool)

    assert errands.wait(0.0) == []
    assert errands.wait(-1.0) == []
    assert errands.wait(0.01) == []


def test_a_call_is_described_by_ec2s_own_names() -> None:
    detach = describe(a_detach(force=True).call)
    attach = describe(an_attach().call)

    assert detach == {
        "NetworkInterfaceId": INTERFACE,
        "AttachmentId": "eni-attach-1",
        "Force": True,
    }
    assert attach == {
        "NetworkInterfaceId": INTERFACE,
        "InstanceId": STANDBY,
        "DeviceIndex": 1,
    }


def test_an_error_without_a_code_says_its_message() -> None:
    assert str(Ec2Busy(message="slow down")) == "slow down"


def test_what_a_failing_zone_hid_is_an_event_of_its_own(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    errands = the_errands(HalfBlind(store=store), pool)
    asked = Scope(interface_ids=frozenset({INTERFACE}), instance_ids=BOTH)

    errands.look(asked)

    seen, failed = take(errands, 2)
    assert isinstance(seen, Observation)
    assert seen.scope.instance_ids == {STANDBY}
    assert isinstance(failed, LookFailed)
    assert (failed.scope, failed.shown) == (asked, seen.scope)


@pytest.mark.parametrize(
    ("ec2", "answer"),
    [
        ({"is_allowed": True}, True),
        ({"is_allowed": False}, False),
        ({"failing": [Ec2Refused(code="InvalidParameterValue")]}, True),
        ({"failing": [Ec2Busy(code="RequestLimitExceeded")]}, None),
    ],
)
def test_a_rehearsal_answers_whether_we_may(
    store: MemoryStore,
    pool: ThreadPoolExecutor,
    ec2: dict[str, Any],
    answer: bool | None,  # noqa: FBT001 - a parameter of the table above.
) -> None:
    errands = the_errands(SmallEc2(store=store, **ec2), pool)

    errands.rehearse(an_attach().call)

    assert take(errands, 1) == [Rehearsed(is_allowed=answer)]


def test_a_rehearsal_that_breaks_breaks_the_run(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    ec2 = SmallEc2(store=store, failing=[KeyError("lost")])
    errands = the_errands(ec2, pool)

    errands.rehearse(an_attach().call)

    with pytest.raises(KeyError):
        errands.wait(5.0)


def test_a_job_with_a_probe_ends_after_its_service_has_answered(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    job = replace(attach_job(), probe=PROBE)
    store.request(job=job, locks=frozenset())
    prober = SmallProber()

    run_it(SmallEc2(store=store), pool, prober=prober)

    ended = store.rows[JOB_ID].job
    assert ended.state is State.SUCCEEDED
    assert ended.heard is not None
    assert ended.heard.began_at > (ended.restored_at or 0)
    assert set(prober.asked) == {QUESTION}


def test_a_probe_ends_with_its_verdict(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    errands = the_errands(SmallEc2(store=store), pool)

    errands.probe(JOB_ID, QUESTION)

    assert take(errands, 1) == [ProbeEnded(job_id=JOB_ID, verdict=PASS)]


def test_a_prober_that_breaks_is_no_data_and_stops_nobody(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    broken = SmallProber(failing=KeyError("lost"))
    errands = the_errands(SmallEc2(store=store), pool, broken)

    errands.probe(JOB_ID, QUESTION)

    assert take(errands, 1) == [ProbeEnded(job_id=JOB_ID, verdict=None)]


def test_a_pool_that_takes_no_probes_is_no_data_and_stops_nobody(
    store: MemoryStore, pool: ThreadPoolExecutor
) -> None:
    with ThreadPoolExecutor(1) as over:
        pass
    errands = the_errands(SmallEc2(store=store), pool, probe_pool=over)

    errands.probe(JOB_ID, QUESTION)

    assert take(errands, 1) == [ProbeEnded(job_id=JOB_ID, verdict=None)]


BOTH = frozenset({PRIMARY, STANDBY})


class HalfBlind(SmallEc2):
    """One of the two instances is in a zone that fails."""

    def observe(self, scope: Scope) -> Observation:
        seen = super().observe(scope)
        shown = scope.instance_ids - {PRIMARY}
        return replace(seen, scope=replace(scope, instance_ids=shown))


def take(errands: run.PooledErrands, count: int) -> list[Event]:
    events: list[Event] = []
    while len(events) < count:
        events += errands.wait(5.0)
    return events
