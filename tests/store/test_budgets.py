"""A region's budget in the product's databases: many spend it, one row holds it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction
from django.db.models import F

from failover import models
from failover.engine.cadence import Learned
from failover.engine.job import Action
from failover.engine.ports import Work
from tests import at_once
from tests.store.benches import DjangoBench
from tests.store.cast import EPOCH, a_change, a_job, an_intent, claim


@pytest.fixture
def bench(database: str) -> DjangoBench:
    return DjangoBench()


def pay(bench: DjangoBench, works: tuple[Work, ...]) -> None:
    for work in works:
        bench.store.write([a_change(work, intent=an_intent(work))])


def test_many_drivers_together_spend_no_token_twice(bench: DjangoBench) -> None:
    """SQLite's IMMEDIATE and PostgreSQL's row lock: a level is never read twice."""
    for n in range(48):
        bench.add(a_job(bench, interface=f"eni-{n}"))
    works = claim(bench)
    bench.store.owe(region_id=bench.region_id, api=Action.DETACH, tokens=30)

    at_once.run(*(partial(pay, bench, works[n::6]) for n in range(6)))

    budget = bench.store.budget(region_id=bench.region_id)
    written = models.Intent.objects.count()
    # Twenty were left; each refilled fifth of a second has paid for one more.
    assert written >= 20
    assert budget.buckets[Action.DETACH].level >= 0
    assert set(models.Job.objects.filter(version=1).values_list("id", flat=True)) == (
        set(models.Intent.objects.values_list("job_id", flat=True))
    )


def test_tokens_that_do_not_come_back_are_spent_exactly_once(
    sqlite_database: str,
) -> None:
    """Beside SQLite the test's own clock stands still, so nothing is refilled."""
    bench = DjangoBench()
    for n in range(48):
        bench.add(a_job(bench, interface=f"eni-{n}"))
    works = claim(bench)
    bench.store.owe(region_id=bench.region_id, api=Action.DETACH, tokens=30)

    at_once.run(*(partial(pay, bench, works[n::6]) for n in range(6)))

    assert models.Intent.objects.count() == 20


def test_a_cancel_and_a_payment_do_not_wait_for_each_other(
    bench: DjangoBench,
) -> None:
    """Both touch the job's row first and the region's last."""
    for n in range(12):
        bench.add(a_job(bench, interface=f"eni-{n}"))
    works = claim(bench)

    def cancel() -> None:
        for work in works:
            with transaction.atomic():
                models.Job.objects.filter(id=work.job.id).update(aim="source")
                models.Region.objects.update(wake_seq=F("wake_seq") + 1)

    at_once.run(partial(pay, bench, works), cancel)

    assert models.Intent.objects.count() == 12


def test_another_boots_levels_are_kept_and_its_moments_are_not(
    sqlite_database: str,
) -> None:
    bench = DjangoBench()
    region_id = bench.region_id
    bench.store.owe(region_id=region_id, api=Action.ATTACH, tokens=50)
    bench.store.permit(region_id=region_id)
    bench.clock.at = 3.0
    bench.store = bench.new_store(boot="boot-2")

    budget = bench.store.budget(region_id=region_id)

    now = bench.store.database_now()
    assert budget.level(Action.ATTACH, now) == pytest.approx(0.0, abs=0.01)
    assert budget.level(Action.ATTACH, now + 2) == pytest.approx(10.0, abs=0.01)
    assert budget.permitted_at is None


def test_a_restart_learns_anew_whether_there_is_one_bucket(bench: DjangoBench) -> None:
    shared = {"is_shared": True, "suspicions": 2, "buckets": {}}
    models.Region.objects.update(budget=shared)
    assert bench.store.budget(region_id=bench.region_id).is_shared

    bench.store.budgets.forgive()

    assert not bench.store.budget(region_id=bench.region_id).is_shared


def test_readiness_pays_for_a_rehearsal_once_in_five_seconds(
    bench: DjangoBench,
) -> None:
    rehearse = bench.store.budgets.rehearse
    region_id = bench.region_id

    assert rehearse(region_id=region_id, action=Action.ATTACH)
    assert not rehearse(region_id=region_id, action=Action.DETACH)


def test_finished_swaps_teach_how_long_transitions_take(bench: DjangoBench) -> None:
    assert bench.store.learned(region_id=bench.region_id) == Learned()
    start = datetime(2026, 11, 23, tzinfo=UTC)
    for n in range(20):
        job = replace(a_job(bench, interface=f"eni-{n}"), requested_at=EPOCH + n)
        bench.add(job)
        models.Job.objects.filter(id=job.id).update(
            state="succeeded",
            finished_at=start,
            outage_started_at=start,
            detached_at=start + timedelta(seconds=3 + n / 10),
            restored_at=start + timedelta(seconds=5 + n / 5),
        )
    oldest = datetime.fromtimestamp(EPOCH, tz=UTC)
    models.Job.objects.filter(requested_at=oldest).update(turns=1)

    learned = bench.store.learned(region_id=bench.region_id)

    assert learned.detach is not None
    assert learned.attach is not None
    # The first was turned and is left out: of nineteen the least and the middle one.
    assert learned.detach.least_s == pytest.approx(3.1)
    assert learned.detach.median_s == pytest.approx(4.0)
    assert learned.attach.least_s == pytest.approx(2.1)
    assert learned.attach.median_s == pytest.approx(3.0)
