"""What every Store promises of the slot locks of jobs that park and go on (P7)."""

from dataclasses import replace

from failover.engine.job import Aim, Job, State
from failover.engine.ports import Change, Work
from tests.store.cast import (
    EPOCH,
    LOCKS,
    Bench,
    a_change,
    a_job,
    an_intent,
    claim,
    claim_one,
    held,
)

PREFIX = "1:eu-west-1"
AT_PRIMARY = f"{PREFIX}:slot:i-primary:1"
AT_STANDBY = f"{PREFIX}:slot:i-standby:1"
RESOURCE = f"{PREFIX}:interface:eni-1"


class SlotContract:
    """A parked job lends its other slot, and needs it again to go there (P7)."""

    def parked(self, bench: Bench, *, locks: frozenset[str] = LOCKS) -> Work:
        bench.add(a_job(bench), locks=locks)
        work = claim_one(bench)
        job = replace(
            work.job,
            state=State.PARKED,
            parked_at=EPOCH,
            first_intent_at=EPOCH,
            why="both_ends_impossible",
        )
        bench.store.write([a_change(work, job=job)])
        return self.again(bench, work)

    def again(self, bench: Bench, work: Work) -> Work:
        (now,) = bench.store.read(held=held(work))
        return now

    def rival(self, bench: Bench, *, slot: str = AT_PRIMARY) -> Job:
        job = a_job(bench, interface="eni-rival")
        bench.add(job, locks=frozenset({f"{PREFIX}:interface:eni-rival", slot}))
        return job

    def towards_source(self, work: Work) -> Change:
        job = replace(work.job, state=State.RUNNING, aim=Aim.SOURCE, turns=1)
        return a_change(work, job=job)

    def test_a_parked_job_keeps_its_resource_and_the_slot_it_aims_at(
        self, bench: Bench
    ) -> None:
        self.parked(bench)

        assert set(bench.locks()) == {RESOURCE, AT_STANDBY}

    def test_a_parked_job_whose_aim_is_nowhere_keeps_no_slot(
        self, bench: Bench
    ) -> None:
        bench.add(replace(a_job(bench), to_instance_id=None), locks=LOCKS)
        work = claim_one(bench)
        parked = replace(work.job, state=State.PARKED, parked_at=EPOCH)

        bench.store.write([a_change(work, job=parked)])

        assert set(bench.locks()) == {RESOURCE}

    def test_a_parked_job_that_goes_on_takes_both_slots_again(
        self, bench: Bench
    ) -> None:
        work = self.parked(bench)

        running = replace(work.job, state=State.RUNNING, parked_at=None)
        assert bench.store.write([a_change(work, job=running)]) == {work.job.id}

        assert set(bench.locks()) == LOCKS

    def test_a_slot_lent_meanwhile_is_done_without_where_it_is_not_needed(
        self, bench: Bench
    ) -> None:
        work = self.parked(bench)
        rival = self.rival(bench)

        running = replace(work.job, state=State.RUNNING, parked_at=None)
        assert bench.store.write([a_change(work, job=running)]) == {work.job.id}

        assert bench.locks()[AT_PRIMARY] == rival.id
        assert bench.locks()[AT_STANDBY] == work.job.id

    def test_a_parked_job_that_turns_is_told_who_has_its_slot(
        self, bench: Bench
    ) -> None:
        work = self.parked(bench)
        rival = self.rival(bench)

        assert bench.store.write([self.towards_source(work)]) == frozenset()

        told = self.again(bench, work).job
        assert (told.state, told.why, told.aim) == (
            State.PARKED,
            "slot_taken",
            Aim.TARGET,
        )
        assert dict(told.why_args) == {"slot": "i-primary:1", "job": str(rival.id)}
        assert told.version == work.job.version + 1
        assert bench.locks()[AT_STANDBY] == work.job.id

    def test_it_is_told_once(self, bench: Bench) -> None:
        work = self.parked(bench)
        self.rival(bench)
        bench.store.write([self.towards_source(work)])
        told = self.again(bench, work)

        bench.store.write([self.towards_source(told)])

        assert self.again(bench, work).job.version == told.job.version

    def test_it_turns_when_the_slot_is_free_again(self, bench: Bench) -> None:
        work = self.parked(bench)
        self.rival(bench)
        bench.store.write([self.towards_source(work)])
        (other,) = claim(bench, held=held(work))
        ended = replace(other.job, state=State.SUCCEEDED, finished_at=EPOCH)
        bench.store.write([a_change(other, job=ended)])

        told = self.again(bench, work)
        assert bench.store.write([self.towards_source(told)]) == {work.job.id}

        assert set(bench.locks()) == LOCKS

    def test_a_parked_job_that_only_looks_takes_nothing(self, bench: Bench) -> None:
        work = self.parked(bench)
        self.rival(bench)

        looked = replace(work.job, waiting_for="human")
        assert bench.store.write([a_change(work, job=looked)]) == {work.job.id}

        assert set(bench.locks()) >= {RESOURCE, AT_STANDBY}

    def test_a_call_of_a_parked_job_needs_its_slot(self, bench: Bench) -> None:
        work = self.parked(bench)
        self.rival(bench)
        job = replace(work.job, aim=Aim.SOURCE)
        change = a_change(work, job=job, intent=an_intent(work))

        assert bench.store.write([change]) == frozenset()

        assert self.again(bench, work).intents == ()
