"""What only the product's store has: a database, an audit, lives and boots."""

from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection

from failover import models
from failover.engine.job import Job, State
from failover.engine.topology import InstanceId
from tests import at_once
from tests.store.benches import DjangoBench
from tests.store.cast import (
    EPOCH,
    LOCKS,
    PRIMARY,
    TTL_S,
    a_change,
    a_job,
    a_receipt,
    an_intent,
    claim,
    claim_one,
    fence,
    held,
)


@pytest.fixture
def bench(database: str) -> DjangoBench:
    return DjangoBench()


def test_a_round_is_written_whole_or_not_at_all(bench: DjangoBench) -> None:
    bench.add(a_job(bench), locks=LOCKS)
    bench.add(a_job(bench, interface="eni-2"))
    first, second = claim(bench)
    intent = an_intent(first)
    twin = replace(an_intent(second), id=intent.id)

    with pytest.raises(IntegrityError):
        bench.store.write(
            [a_change(first, intent=intent), a_change(second, intent=twin)]
        )

    assert not models.Intent.objects.exists()
    assert not models.AuditEntry.objects.exists()
    assert {w.job.version for w in bench.store.read(held=held(first))} == {0}


def test_an_intent_and_its_end_stand_in_the_audit(bench: DjangoBench) -> None:
    bench.add(a_job(bench))
    work = claim_one(bench)
    intent = an_intent(work)

    bench.store.write([a_change(work, intent=intent)])
    bench.store.record([a_receipt(intent)], held=held(work))

    rows = models.AuditEntry.objects.order_by("seq")
    assert [(r.seq, r.action, r.outcome, r.aws_request_id) for r in rows] == [
        (1, "DetachNetworkInterface", "intended", ""),
        (2, "DetachNetworkInterface", "ok", "req-1"),
    ]
    assert {r.job_id for r in rows} == {work.job.id}


def test_without_its_audit_row_no_intent_exists(bench: DjangoBench) -> None:
    bench.add(a_job(bench))
    work = claim_one(bench)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE failover_auditentry RENAME TO elsewhere")

    with pytest.raises(DatabaseError):
        bench.store.write([a_change(work, intent=an_intent(work))])

    assert not models.Intent.objects.exists()
    assert bench.store.is_open_for(fence(work))


def test_an_end_raises_the_pairs_numbers(bench: DjangoBench) -> None:
    bench.add(a_job(bench))
    models.Pair.objects.update(free_seen_at=1.0, drift_seen_at=2.0)
    work = claim_one(bench)
    ended = replace(work.job, state=State.SUCCEEDED, finished_at=EPOCH)

    bench.store.write([replace(a_change(work, job=ended), holder=PRIMARY)])

    pair = models.Pair.objects.get()
    assert (pair.version, pair.generation) == (2, 2)
    assert (pair.free_seen_at, pair.drift_seen_at) == (None, None)
    assert pair.settled_at == pytest.approx(bench.store.database_now(), abs=60)


def test_a_preflight_is_current_while_the_pair_stays_as_it_was(
    bench: DjangoBench,
) -> None:
    bench.add(a_job(bench))
    assert claim_one(bench).job.is_preflight_current

    models.Pair.objects.update(generation=7)

    bench.advance(TTL_S + 1)
    assert not claim_one(bench, owner="bob").job.is_preflight_current


def test_the_leases_of_the_dead_are_over(bench: DjangoBench) -> None:
    bench.add(a_job(bench))
    bench.store.take_region(region_id=bench.region_id, owner="alice", ttl_s=TTL_S)
    lost = claim_one(bench)
    bench.dead.add("alice")

    taken = bench.store.take_region(region_id=bench.region_id, owner="bob", ttl_s=TTL_S)
    mine = claim_one(bench, owner="bob")

    assert taken is not None
    assert mine.fence_token == lost.fence_token + 1
    assert not bench.store.is_open_for(fence(lost))


def test_another_boots_leases_and_moments_are_over(
    sqlite_database: str,
) -> None:
    bench = DjangoBench()
    bench.add(a_job(bench))
    work = claim_one(bench)
    later = replace(work.job, state=State.PARKED, next_run_in_s=50.0)
    bench.store.write([a_change(work, job=later)])
    bench.store.take_region(region_id=bench.region_id, owner="alice", ttl_s=TTL_S)

    bench.clock.at = 3.0
    bench.store = bench.new_store(boot="boot-2")

    assert not bench.store.is_open_for(fence(work, version=1))
    assert bench.store.due_regions() == {bench.region_id: 60.0}
    assert claim_one(bench, owner="bob").fence_token == 2
    assert (
        bench.store.take_region(region_id=bench.region_id, owner="bob", ttl_s=TTL_S)
        is not None
    )


def test_a_region_is_due_until_its_job_is_claimed(bench: DjangoBench) -> None:
    assert bench.store.due_regions() == {}
    bench.add(a_job(bench))
    bench.advance(7)
    assert bench.store.due_regions() == {bench.region_id: pytest.approx(7.0, abs=2.0)}

    claim_one(bench)
    assert bench.store.due_regions() == {}

    bench.dead.add("alice")
    assert set(bench.store.due_regions()) == {bench.region_id}
    bench.dead.clear()
    bench.advance(TTL_S + 3)
    assert bench.store.due_regions() == {bench.region_id: pytest.approx(3.0, abs=2.0)}


def test_a_job_is_given_to_one_of_many_who_ask_at_once(bench: DjangoBench) -> None:
    jobs = [a_job(bench, interface=f"eni-{n}") for n in range(12)]
    for job in jobs:
        bench.add(job)

    def ask(owner: str) -> list[UUID]:
        return [w.job.id for w in claim(bench, owner=owner)]

    given = at_once.run(*(partial(ask, f"owner-{n}") for n in range(8)))

    assert sorted(id for ids in given for id in ids) == sorted(j.id for j in jobs)


def test_writers_in_any_order_do_not_wait_for_each_other(bench: DjangoBench) -> None:
    jobs = [a_job(bench, interface=f"eni-{n}") for n in range(6)]
    for job in jobs:
        bench.add(job)
    works = claim(bench)

    def write(mine: list[Job]) -> None:
        ids = {j.id for j in mine}
        hands = [w for w in works if w.job.id in ids]
        for _ in range(5):
            hands = [w for h in hands for w in bench.store.read(held=held(h))]
            changes = [
                a_change(w, intent=an_intent(w, seq=len(w.intents) + 1)) for w in hands
            ]
            bench.store.write(changes)

    at_once.run(partial(write, jobs[::2]), partial(write, jobs[1::2]))

    seqs = list(models.AuditEntry.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, 31))


def test_the_database_refuses_a_second_active_job_for_an_interface(
    bench: DjangoBench,
) -> None:
    bench.add(a_job(bench))
    rival = replace(a_job(bench), id=uuid4(), to_instance_id=InstanceId("i-third"))

    with pytest.raises(IntegrityError):
        models.Job.objects.create(
            id=rival.id,
            region=bench.region,
            kind="swap",
            network_interface_id=rival.interface_id,
            trigger="api",
            requested_by="bob",
            requested_at="2026-11-23T00:00:00Z",
        )
