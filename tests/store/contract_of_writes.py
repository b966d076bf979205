"""What every Store promises of a change: it is written whole, by the owner, or not."""

from dataclasses import replace

import pytest

from failover.engine.job import Action, Aim, Call, Memory, State
from failover.engine.topology import (
    AllocationId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    Rank,
)
from tests.store.cast import (
    EPOCH,
    LOCKS,
    STANDBY,
    TTL_S,
    Bench,
    a_change,
    a_job,
    an_intent,
    claim,
    claim_one,
    held,
)


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
