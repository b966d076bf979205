"""A request for a swap is a job, or a refusal that leaves no trace."""

import pytest

from failover import models, wiring
from failover.models import AuditEntry, Job, Pair, ResourceLock
from failover.services import access, guarding, pairs, queries, refusals, swaps
from tests.services.world import (
    ALLOCATION,
    FLOATING,
    OLGA,
    PRIMARY,
    STANDBY,
    Sim,
    finish,
)


def test_a_swap_goes_to_the_passive_instance_and_holds_its_locks(
    article: Pair, sim: Sim
) -> None:
    job = swaps.request_swap(pair=article, actor=OLGA, reason="drill")

    assert (job.from_instance_id, job.to_instance_id) == (PRIMARY, STANDBY)
    assert job.preflight_attachment_id
    keys = set(ResourceLock.objects.values_list("key", flat=True))
    ends = {k.split(":", 2)[2] for k in keys}
    assert {
        f"interface:{FLOATING}",
        f"allocation:{ALLOCATION}",
        f"slot:{PRIMARY}:1",
        f"slot:{STANDBY}:1",
    } <= ends
    article.refresh_from_db()
    assert article.generation == job.pair_generation
    assert AuditEntry.objects.filter(action="swap.request", job_id=job.id).count() == 1
    assert sim.mutating_calls() == []


def test_a_swap_ends_where_it_was_asked_to_and_says_so(article: Pair) -> None:
    job = finish(swaps.request_swap(pair=article, actor=OLGA))

    view = queries.view_job(job)
    assert view.state == "succeeded", view
    assert STANDBY in view.message
    assert [s.state for s in view.steps] == ["done"] * 6
    assert view.steps[0].name == "check"
    assert view.outage_s is not None
    assert view.outage_s > 0
    pair = queries.view_pair(queries.get_pair("article"))
    assert pair.active_instance_id == pair.desired_instance_id == STANDBY
    assert pair.sync == "as-expected"
    assert pair.job is None


def test_a_job_that_a_driver_holds_back_waits_for_room_in_the_quota(
    article: Pair,
) -> None:
    job = swaps.request_swap(pair=article, actor=OLGA)
    assert queries.view_job(job).waiting_for is None

    wiring.store().take_region(region_id=job.region_id, owner="driver", ttl_s=15)
    wiring.store().claim(region_id=job.region_id, owner="driver", ttl_s=15, held={})

    job.refresh_from_db()
    view = queries.view_job(job)
    assert (view.state, view.waiting_for) == ("queued", "admission")
    assert "quota" in view.message


def test_a_second_request_names_the_job_that_is_at_work_without_asking_ec2(
    article: Pair, sim: Sim
) -> None:
    job = swaps.request_swap(pair=article, actor=OLGA)
    before = len(sim.calls())

    with pytest.raises(refusals.JobActive) as refused:
        swaps.request_swap(pair=article, actor=OLGA)

    assert refused.value.job_id == job.id
    assert len(sim.calls()) == before


def test_the_same_request_made_again_is_the_same_job(article: Pair) -> None:
    job_id = wiring.new_uuid()

    first = swaps.request_swap(pair=article, actor=OLGA, job_id=job_id)
    again = swaps.request_swap(pair=article, actor=OLGA, job_id=job_id)

    assert first.id == again.id == job_id
    assert Job.objects.count() == 1


def test_what_the_asker_saw_must_still_be_so(article: Pair) -> None:
    plan = swaps.get_plan(pair=article)

    with pytest.raises(refusals.Changed):
        swaps.request_swap(pair=article, actor=OLGA, expected_active=STANDBY)
    with pytest.raises(refusals.Changed):
        swaps.request_swap(pair=article, actor=OLGA, plan_hash="0" * 64)
    with pytest.raises(refusals.AlreadyThere):
        swaps.request_swap(pair=article, actor=OLGA, to=PRIMARY)

    assert Job.objects.count() == 0
    job = swaps.request_swap(
        pair=article,
        actor=OLGA,
        to=plan.to,
        expected_active=plan.active_instance_id,
        plan_hash=plan.plan_hash,
    )
    assert job.state == "queued"


def test_a_frozen_pair_and_a_stopped_target_are_refused_with_their_checks(
    article: Pair, sim: Sim
) -> None:
    pairs.freeze(pair=article, actor=OLGA, reason="change window", until=None)
    sim.send("StopInstances", **{"InstanceId.1": STANDBY})

    with pytest.raises(refusals.PreflightFailed) as refused:
        swaps.request_swap(pair=article, actor=OLGA, force=True)

    failed = {c.code for c in refused.value.checks if not c.ok}
    assert {"frozen", "target_state"} <= failed
    assert sim.calls("DetachNetworkInterface") == []


def test_a_bulk_request_starts_what_it_can_and_says_why_not_for_the_rest(
    article: Pair,
) -> None:
    busy = swaps.request_swap(pair=article, actor=OLGA)

    batch = swaps.request_many(pairs=[article], actor=OLGA)

    assert batch.accepted == ()
    [(name, refusal)] = batch.refused
    assert name == "article"
    assert isinstance(refusal, refusals.JobActive)
    assert refusal.job_id == busy.id


def test_a_cancel_before_the_first_call_ends_the_job_and_frees_its_locks(
    article: Pair, sim: Sim
) -> None:
    job = swaps.request_swap(pair=article, actor=OLGA)

    cancelled = swaps.cancel(job_id=job.id, actor=OLGA)

    assert cancelled.state == "cancelled"
    assert ResourceLock.objects.count() == 0
    assert sim.mutating_calls() == []
    article.refresh_from_db()
    assert article.desired_instance_id == PRIMARY
    with pytest.raises(refusals.Final):
        swaps.cancel(job_id=job.id, actor=OLGA)


def test_a_cancel_after_the_first_call_turns_the_job_round(article: Pair) -> None:
    job = swaps.request_swap(pair=article, actor=OLGA)
    Job.objects.filter(id=job.id).update(
        state="running", first_intent_at=wiring.now(), version=1
    )

    turned = swaps.cancel(job_id=job.id, actor=OLGA)
    again = swaps.cancel(job_id=job.id, actor=OLGA)

    assert turned.aim == "source"
    assert turned.version == again.version == 2
    assert turned.state == "running"


def test_cancelling_a_parked_job_of_a_gone_interface_releases_it(article: Pair) -> None:
    job = swaps.request_swap(pair=article, actor=OLGA)
    Job.objects.filter(id=job.id).update(
        state="parked", why="gone", first_intent_at=wiring.now()
    )

    released = swaps.cancel(job_id=job.id, actor=OLGA)

    assert (released.state, released.released_by) == ("cancelled", "olga")
    assert ResourceLock.objects.count() == 0
    article.refresh_from_db()
    assert article.desired_holder == "unknown"


def test_the_guard_repairs_what_two_looks_show_to_lie_free(
    article: Pair, sim: Sim, region: models.Region
) -> None:
    attachment = sim.state()["interfaces"][FLOATING]["attachment_id"]
    sim.send("DetachNetworkInterface", AttachmentId=attachment)
    while sim.state()["interfaces"][FLOATING]["status"] != "available":
        wiring.sleep(0.02)

    first = guarding.guard_repair(pair=article)
    # Two seconds later, told without waiting for them.
    article.refresh_from_db()
    assert article.free_seen_at is not None
    moved_back = {
        "free_seen_at": article.free_seen_at - 3,
        "settled_at": article.settled_at - 10,
    }
    Pair.objects.filter(id=article.pk).update(**moved_back)
    second = guarding.guard_repair(pair=article)

    assert first is None
    assert second is not None
    assert (second.trigger, second.to_instance_id) == ("guard", PRIMARY)
    assert finish(second).state == "succeeded"


def test_an_actor_without_a_role_may_nothing() -> None:
    nobody = access.Actor(name="nina", role="")

    with pytest.raises(refusals.Forbidden):
        access.require(nobody, "viewer")
    with pytest.raises(refusals.Anonymous):
        access.require(None, "viewer")
