"""What every Store promises of who drives a region and who has a job in hand."""

from dataclasses import replace

from failover.engine.job import State
from tests.store.cast import TTL_S, Bench, a_change, a_job, claim, claim_one, held


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
