"""What every Store promises of calls: whether one may leave, and how it ended."""

from dataclasses import replace

from failover.engine.job import Intent, Outcome, State
from failover.engine.ports import Work
from failover.engine.topology import AttachmentId
from tests.store.cast import (
    EPOCH,
    TTL_S,
    Bench,
    a_change,
    a_job,
    a_receipt,
    an_intent,
    claim,
    claim_one,
    fence,
    held,
)


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
