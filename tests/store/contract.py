"""What every Store promises, as tests; each kind of store brings its own bench."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol
from uuid import UUID, uuid4

import pytest

from failover.engine.job import (
    Action,
    Aim,
    Call,
    Intent,
    Job,
    Kind,
    Memory,
    Outcome,
    State,
)
from failover.engine.ports import Change, Fence, Receipt, Store, Work
from failover.engine.topology import (
    AllocationId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    Rank,
)

TTL_S = 15.0
PRIMARY = InstanceId("i-primary")
STANDBY = InstanceId("i-standby")
EPOCH = 1_790_000_000.25
LOCKS = frozenset(
    {
        "1:eu-west-1:interface:eni-1",
        "1:eu-west-1:slot:i-primary:1",
        "1:eu-west-1:slot:i-standby:1",
    }
)


class Bench(Protocol):
    """A store with one region, and the hands of those who are not the engine."""

    @property
    def store(self) -> Store: ...

    @property
    def region_id(self) -> int: ...

    def advance(self, seconds: float) -> None:
        """Let time pass for leases and due moments."""
        ...

    def add(self, job: Job, *, locks: frozenset[str] = frozenset()) -> None: ...

    def cancel(self, job_id: UUID) -> None: ...

    def wake(self) -> None: ...

    def locks(self) -> Mapping[str, UUID]: ...

    def desired(self, job: Job) -> tuple[str, str]:
        """(`instance`, its id), or (`none`, ""), or (`unknown`, "")."""
        ...


def a_job(bench: Bench, *, interface: str = "eni-1") -> Job:
    return Job(
        id=uuid4(),
        region_id=bench.region_id,
        kind=Kind.SWAP,
        state=State.QUEUED,
        interface_id=InterfaceId(interface),
        device_index=1,
        from_instance_id=PRIMARY,
        to_instance_id=STANDBY,
        requested_at=EPOCH,
    )


def an_intent(work: Work, *, seq: int = 1) -> Intent:
    return Intent(
        id=uuid4(),
        job_id=work.job.id,
        seq=seq,
        fence_token=work.fence_token,
        call=Call(
            action=Action.DETACH,
            interface_id=work.job.interface_id,
            attachment_id=AttachmentId("eni-attach-1"),
        ),
        intent_at=EPOCH + 1,
    )


def a_change(
    work: Work, *, intent: Intent | None = None, job: Job | None = None
) -> Change:
    changed = job or replace(work.job, state=State.RUNNING)
    return Change(
        job=replace(changed, version=work.job.version + 1),
        job_version=work.job.version,
        fence_token=work.fence_token,
        intent=intent,
    )


def a_receipt(intent: Intent, *, outcome: Outcome = Outcome.OK) -> Receipt:
    return Receipt(
        intent_id=intent.id,
        job_id=intent.job_id,
        outcome=outcome,
        sent_at=EPOCH + 1.125,
        ended_at=EPOCH + 1.5,
        duration_s=0.375,
        aws_request_id="req-1",
        attachment_id=AttachmentId("eni-attach-2"),
    )


def claim(
    bench: Bench, *, owner: str = "alice", held: dict[UUID, int] | None = None
) -> tuple[Work, ...]:
    return bench.store.claim(
        region_id=bench.region_id, owner=owner, ttl_s=TTL_S, held=held or {}
    )


def claim_one(bench: Bench, *, owner: str = "alice") -> Work:
    (work,) = claim(bench, owner=owner)
    return work


def held(work: Work) -> dict[UUID, int]:
    return {work.job.id: work.fence_token}


def fence(work: Work, *, version: int | None = None) -> Fence:
    return Fence(
        job_id=work.job.id,
        fence_token=work.fence_token,
        version=work.job.version if version is None else version,
    )


class RegionLeases:
    """One driver of a region at a time, and no wake-up lost."""

    def take(self, bench: Bench, owner: str) -> int | None:
        return bench.store.take_region(
            region_id=bench.region_id, owner=owner, ttl_s=TTL_S
        )

    def let_go(self, bench: Bench, owner: str, wake_seq: int) -> int | None:
        return bench.store.release_region(
            region_id=bench.region_id, owner=owner, wake_seq=wake_seq
        )

    def test_a_region_has_one_driver_at_a_time(self, bench: Bench) -> None:
        assert self.take(bench, "alice") is not None

        assert self.take(bench, "bob") is None

    def test_a_lease_that_ran_out_is_free(self, bench: Bench) -> None:
        self.take(bench, "alice")

        bench.advance(TTL_S + 1)

        assert self.take(bench, "bob") is not None
        assert self.take(bench, "alice") is None

    def test_a_released_region_is_free_at_once(self, bench: Bench) -> None:
        wake_seq = self.take(bench, "alice")
        assert wake_seq is not None

        assert self.let_go(bench, "alice", wake_seq) is None

        assert self.take(bench, "bob") is not None

    def test_a_region_woken_meanwhile_is_kept(self, bench: Bench) -> None:
        wake_seq = self.take(bench, "alice")
        assert wake_seq is not None
        bench.wake()

        newer = self.let_go(bench, "alice", wake_seq)

        assert newer == wake_seq + 1
        assert self.take(bench, "bob") is None
        assert self.let_go(bench, "alice", newer) is None

    def test_nobody_releases_anothers_region(self, bench: Bench) -> None:
        wake_seq = self.take(bench, "alice")
        assert wake_seq is not None

        assert self.let_go(bench, "bob", wake_seq) is None

        assert self.take(bench, "bob") is None

    def test_renewing_keeps_region_and_jobs(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        self.take(bench, "alice")
        work = claim_one(bench)

        for _ in range(3):
            bench.advance(TTL_S / 2)
            bench.store.renew(
                region_id=bench.region_id, owner="alice", ttl_s=TTL_S, held=held(work)
            )

        assert self.take(bench, "bob") is None
        assert claim(bench, owner="bob") == ()


class Claims:
    """Each due job belongs to one owner, and its fence token says which."""

    def test_a_claim_raises_the_token_and_gives_the_job(self, bench: Bench) -> None:
        job = a_job(bench)
        bench.add(job)

        work = claim_one(bench)

        assert work.job == job
        assert work.intents == ()
        assert work.fence_token == 1

    def test_a_claimed_job_is_not_claimed_again(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)

        assert claim(bench, owner="bob") == ()
        assert claim(bench, owner="alice", held=held(work)) == ()

    def test_a_job_in_hand_is_left_alone_even_when_its_lease_ran_out(
        self, bench: Bench
    ) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        bench.advance(TTL_S + 1)

        assert claim(bench, held=held(work)) == ()
        assert claim(bench, held={work.job.id: work.fence_token - 1}) != ()

    def test_a_lease_that_ran_out_passes_to_the_next(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        first = claim_one(bench)
        bench.advance(TTL_S + 1)

        second = claim_one(bench, owner="bob")

        assert second.fence_token == first.fence_token + 1
        assert bench.store.read(held=held(first)) == ()
        assert [w.job.id for w in bench.store.read(held=held(second))] == [first.job.id]

    def test_a_released_job_is_due_at_once(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        bench.store.release(held=held(claim_one(bench)))

        assert claim_one(bench, owner="bob").fence_token == 2

    def test_a_stale_release_takes_nothing_from_the_new_owner(
        self, bench: Bench
    ) -> None:
        bench.add(a_job(bench))
        first = claim_one(bench)
        bench.advance(TTL_S + 1)
        claim_one(bench, owner="bob")

        bench.store.release(held=held(first))

        assert claim(bench, owner="carol") == ()

    def test_a_job_waits_for_its_moment(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        later = replace(work.job, state=State.PARKED, next_run_in_s=30.0)
        bench.store.write([a_change(work, job=later)])
        bench.store.release(held=held(work))

        assert claim(bench, owner="bob") == ()
        bench.advance(31)
        assert claim_one(bench, owner="bob").job.state is State.PARKED

    def test_a_moment_far_ahead_is_a_broken_clock_and_due(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        later = replace(work.job, state=State.PARKED, next_run_in_s=3600.0)
        bench.store.write([a_change(work, job=later)])
        bench.store.release(held=held(work))

        assert len(claim(bench, owner="bob")) == 1


class Writes:
    """A change is written while the job is ours unchanged, or not at all."""

    def test_all_that_the_engine_knows_of_a_job_comes_back(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        job = replace(
            work.job,
            state=State.RUNNING,
            aim=Aim.SOURCE,
            turns=2,
            started_at=EPOCH + 1,
            first_intent_at=EPOCH + 2,
            outage_started_at=EPOCH + 3,
            detached_at=EPOCH + 4,
            restored_at=EPOCH + 5,
            parked_at=EPOCH + 6,
            is_index_burnt=True,
            waiting_for="attached",
            why="attach_refused",
            why_args=(("code", "AttachmentLimitExceeded"),),
            memory=Memory(
                attachment_id=AttachmentId("eni-attach-9"),
                rank=Rank.DETACHING,
                dead=(AttachmentId("eni-attach-7"), AttachmentId("eni-attach-8")),
                state_key="free",
                state_since=EPOCH + 7.5,
                seen_at=EPOCH + 8,
                last_attached_at=EPOCH + 9,
                omitted_since=EPOCH + 10,
                settled_since=EPOCH + 11,
                polls_detach=12,
                polls_attach=13,
            ),
        )
        change = a_change(work, job=job)

        assert bench.store.write([change]) == {job.id}

        (read,) = bench.store.read(held=held(work))
        assert read.job == change.job

    def test_the_snapshot_and_the_preflight_come_back(self, bench: Bench) -> None:
        job = replace(
            a_job(bench),
            from_device_index=2,
            force_after_s=61.5,
            snapshot=((AllocationId("eipalloc-1"), "10.0.0.1"),),
            preflight_at=EPOCH - 0.5,
        )
        bench.add(job)

        assert claim_one(bench).job == job

    @pytest.mark.parametrize(
        "call",
        [
            Call(
                action=Action.ATTACH,
                interface_id=InterfaceId("eni-1"),
                instance_id=STANDBY,
                device_index=1,
            ),
            Call(
                action=Action.DETACH,
                interface_id=InterfaceId("eni-1"),
                attachment_id=AttachmentId("eni-attach-1"),
                force=True,
            ),
            Call(
                action=Action.MODIFY,
                interface_id=InterfaceId("eni-1"),
                attachment_id=AttachmentId("eni-attach-1"),
            ),
            Call(
                action=Action.ASSOCIATE,
                interface_id=InterfaceId("eni-1"),
                allocation_id=AllocationId("eipalloc-1"),
                private_ip="10.0.0.1",
            ),
        ],
        ids=lambda call: call.action.value,
    )
    def test_an_intent_comes_back_as_it_was(self, bench: Bench, call: Call) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        intent = replace(an_intent(work), call=call)

        bench.store.write([a_change(work, intent=intent)])

        (read,) = bench.store.read(held=held(work))
        assert read.intents == (intent,)

    def test_intents_come_back_oldest_first(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        for seq in (1, 2, 3):
            (work,) = bench.store.read(held=held(work))
            bench.store.write([a_change(work, intent=an_intent(work, seq=seq))])

        (read,) = bench.store.read(held=held(work))

        assert [i.seq for i in read.intents] == [1, 2, 3]

    def test_a_change_of_an_old_version_is_not_written(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        bench.store.write([a_change(work)])

        late = a_change(work, intent=an_intent(work))

        assert bench.store.write([late]) == frozenset()
        (read,) = bench.store.read(held=held(work))
        assert read.intents == ()

    def test_a_worker_that_lost_its_lease_writes_nothing(self, bench: Bench) -> None:
        bench.add(a_job(bench), locks=LOCKS)
        lost = claim_one(bench)
        bench.advance(TTL_S + 1)
        mine = claim_one(bench, owner="bob")

        ended = replace(lost.job, state=State.SUCCEEDED, finished_at=EPOCH)

        assert bench.store.write([a_change(lost, job=ended)]) == frozenset()
        assert set(bench.locks()) == LOCKS
        (read,) = bench.store.read(held=held(mine))
        assert read.job == mine.job

    def test_a_cancel_in_between_stops_the_intent(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        begun = replace(work.job, state=State.RUNNING, first_intent_at=EPOCH)
        bench.store.write([a_change(work, job=begun, intent=an_intent(work))])
        (work,) = bench.store.read(held=held(work))
        bench.cancel(work.job.id)

        assert bench.store.write([a_change(work)]) == frozenset()
        (read,) = bench.store.read(held=held(work))
        assert read.job.cancel_requested_at is not None

    def test_one_lost_job_does_not_hold_up_the_others(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        bench.add(a_job(bench, interface="eni-2"))
        lost, kept = claim(bench)
        bench.store.write([a_change(lost)])

        applied = bench.store.write([a_change(lost), a_change(kept)])

        assert applied == {kept.job.id}

    @pytest.mark.parametrize(
        ("holder", "is_known", "desired"),
        [
            (STANDBY, True, ("instance", STANDBY)),
            (None, True, ("none", "")),
            (None, False, ("unknown", "")),
        ],
    )
    def test_an_end_frees_the_locks_and_settles_the_holder(
        self,
        bench: Bench,
        holder: InstanceId | None,
        is_known: bool,  # noqa: FBT001 - a parameter of the table above.
        desired: tuple[str, str],
    ) -> None:
        job = a_job(bench)
        bench.add(job, locks=LOCKS)
        work = claim_one(bench)
        ended = replace(work.job, state=State.SUCCEEDED, finished_at=EPOCH + 9)
        change = a_change(work, job=ended)

        bench.store.write([replace(change, holder=holder, holder_known=is_known)])

        assert bench.locks() == {}
        assert bench.desired(job) == desired

    def test_a_finished_job_is_nobodys(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        ended = replace(work.job, state=State.REVERSED, finished_at=EPOCH + 9)
        bench.store.write([a_change(work, job=ended)])
        bench.advance(TTL_S + 1)

        assert bench.store.read(held=held(work)) == ()
        assert claim(bench, owner="bob") == ()
        assert bench.store.write([a_change(work)]) == frozenset()


class Receipts:
    """How a call ended is written once, by the owner."""

    def begun(self, bench: Bench) -> tuple[Work, Intent]:
        bench.add(a_job(bench))
        work = claim_one(bench)
        intent = an_intent(work)
        bench.store.write([a_change(work, intent=intent)])
        return work, intent

    def test_a_receipt_completes_its_intent(self, bench: Bench) -> None:
        work, intent = self.begun(bench)

        bench.store.record([a_receipt(intent)], held=held(work))

        (read,) = bench.store.read(held=held(work))
        assert read.intents == (
            replace(
                intent,
                sent_at=EPOCH + 1.125,
                ended_at=EPOCH + 1.5,
                duration_s=0.375,
                outcome=Outcome.OK,
                aws_request_id="req-1",
                attachment_id=AttachmentId("eni-attach-2"),
            ),
        )

    def test_the_first_end_of_a_call_stands(self, bench: Bench) -> None:
        work, intent = self.begun(bench)
        bench.store.record([a_receipt(intent)], held=held(work))

        again = a_receipt(intent, outcome=Outcome.UNKNOWN)
        bench.store.record([again], held=held(work))

        (read,) = bench.store.read(held=held(work))
        assert read.intents[0].outcome is Outcome.OK

    def test_a_lost_owner_records_nothing(self, bench: Bench) -> None:
        lost, intent = self.begun(bench)
        bench.advance(TTL_S + 1)
        mine = claim_one(bench, owner="bob")

        bench.store.record([a_receipt(intent)], held=held(lost))

        (read,) = bench.store.read(held=held(mine))
        assert read.intents[0].outcome is None

    def test_the_next_job_hears_of_calls_that_nobody_knows_the_end_of(
        self, bench: Bench
    ) -> None:
        work, intent = self.begun(bench)
        work = replace(work, job=replace(work.job, version=work.job.version + 1))
        ended = replace(work.job, state=State.SUCCEEDED, finished_at=EPOCH + 9)
        bench.store.write([a_change(work, job=ended)])
        bench.add(a_job(bench))

        following = claim_one(bench)

        assert [i.id for i in following.echoes] == [intent.id]
        (current,) = bench.store.read(held=held(following))
        assert current.echoes == following.echoes

    def test_calls_with_an_end_and_those_of_others_are_no_echoes(
        self, bench: Bench
    ) -> None:
        work, intent = self.begun(bench)
        bench.store.record([a_receipt(intent)], held=held(work))
        work = replace(work, job=replace(work.job, version=work.job.version + 1))
        ended = replace(work.job, state=State.REVERSED, finished_at=EPOCH + 9)
        bench.store.write([a_change(work, job=ended)])
        bench.add(a_job(bench))
        bench.add(a_job(bench, interface="eni-2"))

        assert [w.echoes for w in claim(bench)] == [(), ()]

    def test_a_receipt_of_a_job_not_in_hand_is_dropped(self, bench: Bench) -> None:
        work, intent = self.begun(bench)

        bench.store.record([a_receipt(intent)], held={})

        (read,) = bench.store.read(held=held(work))
        assert read.intents[0].outcome is None


class Fences:
    """Whether a request may leave now."""

    def test_a_fresh_claim_lets_the_request_leave(self, bench: Bench) -> None:
        bench.add(a_job(bench))

        assert bench.store.is_open_for(fence(claim_one(bench)))

    def test_a_changed_version_closes_it(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        bench.store.write([a_change(work)])

        assert not bench.store.is_open_for(fence(work))
        assert bench.store.is_open_for(fence(work, version=work.job.version + 1))

    def test_a_cancel_closes_it(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        bench.cancel(work.job.id)

        assert not bench.store.is_open_for(fence(work))

    def test_less_than_a_third_of_the_lease_closes_it(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)

        bench.advance(TTL_S * 2 / 3 - 1)
        assert bench.store.is_open_for(fence(work))
        bench.advance(1.5)
        assert not bench.store.is_open_for(fence(work))

    def test_another_owners_claim_closes_it(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        lost = claim_one(bench)
        bench.advance(TTL_S + 1)
        mine = claim_one(bench, owner="bob")

        assert not bench.store.is_open_for(fence(lost))
        assert bench.store.is_open_for(fence(mine))

    def test_the_end_of_the_job_closes_it(self, bench: Bench) -> None:
        bench.add(a_job(bench))
        work = claim_one(bench)
        ended = replace(work.job, state=State.SUCCEEDED, finished_at=EPOCH)
        bench.store.write([a_change(work, job=ended)])

        version = work.job.version + 1
        assert not bench.store.is_open_for(fence(work, version=version))


class StoreContract(RegionLeases, Claims, Writes, Receipts, Fences):
    """All of it."""
