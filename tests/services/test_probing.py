"""Pairs with a probe: nothing succeeds before its service answers."""

import dataclasses
import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest

from failover import models, wiring
from failover.services import pairs, probing, queries, refusals, swaps
from failover.services.pair_settings import PairChange, Probe
from failover.services.views import JobView
from tests.probes.servers import Server, reply, serve
from tests.services.world import (
    ARTICLE,
    FLOATING,
    OLGA,
    PRIMARY,
    SHELL,
    STANDBY,
    Sim,
    finish,
)

ELASTIC_IP = "127.31.58.118"
WELCOME = reply("200 OK", b"<h1>Welcome to nginx on StandbyServer</h1>")


@pytest.fixture
def demo(settings: Any, region: models.Region) -> models.Region:
    """What the demo allows: the simulator's Elastic IPs."""
    settings.PROBE_ALLOW_NETS = (ipaddress.ip_network("127.31.0.0/16"),)
    wiring.start_anew()
    return region


@pytest.fixture
def service(demo: models.Region) -> Iterator[Server]:
    """A web server on the pair's Elastic IP."""
    with serve(WELCOME, ELASTIC_IP) as server:
        yield server


def a_pair(region: models.Region, **probe: Any) -> models.Pair:
    """The article's pair with this probe."""
    new = dataclasses.replace(ARTICLE, probe=Probe(**probe))
    pairs.create(new=new, region=region, actor=SHELL)
    return queries.get_pair("article")


def shown(job: models.Job) -> JobView:
    job.refresh_from_db()
    return queries.view_job(job)


def a_closed_port() -> int:
    with serve(address=ELASTIC_IP) as server:
        return server.port


def told(action: str) -> list[tuple[str, str, Any]]:
    rows = models.AuditEntry.objects.filter(action=action).order_by("seq")
    return [(row.actor, row.outcome, row.after) for row in rows]


def test_a_swap_succeeds_after_its_service_has_answered(
    demo: models.Region, service: Server
) -> None:
    pair = a_pair(demo, kind="http", port=service.port, expect="StandbyServer")

    job = finish(swaps.request_swap(pair=pair, actor=OLGA))

    view = shown(job)
    assert (view.state, view.to_instance_id) == ("succeeded", STANDBY)
    assert view.probe is not None
    assert (view.probe.outcome, view.probe.address) == ("passed", ELASTIC_IP)
    assert view.probe.since is not None
    assert view.restored_at is not None
    assert view.probe.since > view.restored_at
    verify = next(s for s in view.steps if s.name == "verify")
    assert verify.detail == (
        f"http/{service.port} on {ELASTIC_IP}: it answers as it should"
    )


def test_a_service_that_does_not_answer_keeps_the_job_running_in_clear_words(
    demo: models.Region,
) -> None:
    port = a_closed_port()
    pair = a_pair(demo, kind="tcp", port=port)

    job = finish(swaps.request_swap(pair=pair, actor=OLGA), run_for_s=4.0)

    view = shown(job)
    assert (view.state, view.waiting_for) == ("running", "probe")
    assert view.restored_at is not None
    assert view.message == (
        f"Attached; waiting for tcp/{port} on {ELASTIC_IP}: connection refused."
    )
    verify = next(s for s in view.steps if s.name == "verify")
    assert (verify.state, verify.detail) == (
        "running",
        f"tcp/{port} on {ELASTIC_IP}: connection refused",
    )

    pairs.acknowledge(pair=pair, actor=OLGA, comment="the firewall is known")
    ended = shown(finish(job))

    assert ended.state == "succeeded"
    assert "olga let the job end all the same" in ended.message
    assert ended.message.endswith(f"{ELASTIC_IP}: connection refused.")
    waived = told("pair.acknowledge")[-1]
    assert waived == ("olga", "ok", {"probe": "waived", "job": str(job.id)})


def test_a_cancel_takes_back_what_waits_for_its_service(demo: models.Region) -> None:
    pair = a_pair(demo, kind="tcp", port=a_closed_port())
    job = finish(swaps.request_swap(pair=pair, actor=OLGA), run_for_s=4.0)
    assert shown(job).waiting_for == "probe"

    swaps.cancel(job_id=job.id, actor=OLGA)
    ended = shown(finish(job, run_for_s=20.0))

    assert ended.state == "reversed"
    assert ended.aim_instance_id == PRIMARY


def test_humans_are_told_of_a_probe_that_does_not_pass(demo: models.Region) -> None:
    pair = a_pair(demo, kind="tcp", port=a_closed_port())

    job = finish(
        swaps.request_swap(pair=pair, actor=OLGA),
        run_for_s=4.0,
        probe_give_up_s=0.5,
    )

    view = shown(job)
    assert view.state == "running"
    assert view.probe is not None
    assert view.probe.overdue_at is not None
    assert "acknowledging the pair lets the job end" in view.message
    [(actor, outcome, after)] = told("job.probe")
    assert (actor, outcome) == ("engine", "overdue")
    assert after["address"] == ELASTIC_IP


def test_an_acknowledgement_at_another_time_waives_nothing(
    demo: models.Region,
) -> None:
    pair = a_pair(demo, kind="tcp", port=1)
    job = swaps.request_swap(pair=pair, actor=OLGA)

    pairs.acknowledge(pair=pair, actor=OLGA, comment="seen")

    job.refresh_from_db()
    assert job.probe_waived_at is None
    assert told("pair.acknowledge") == [("olga", "ok", None)]


# Policy.


def test_a_pair_whose_probe_policy_forbids_is_not_made(
    region: models.Region, settings: Any
) -> None:
    settings.PROBE_ALLOW_NETS = ()
    wiring.start_anew()

    with pytest.raises(refusals.PreflightFailed) as refused:
        a_pair(region, kind="tcp", port=443)

    [failed] = [c for c in refused.value.checks if not c.ok]
    assert failed.code == "probe_target"
    assert f"tcp/443 on {ELASTIC_IP}" in failed.detail
    assert "PROBE_ALLOW_NETS" in failed.detail
    assert not models.Pair.objects.exists()


def test_a_probe_that_policy_forbids_later_is_a_warning_before_the_swap(
    demo: models.Region, settings: Any
) -> None:
    pair = a_pair(demo, kind="tcp", port=443)
    settings.PROBE_PORTS = ((80, 80),)
    wiring.start_anew()

    with pytest.raises(refusals.PreflightFailed):
        swaps.request_swap(pair=pair, actor=OLGA)
    plan = swaps.get_plan(pair=pair)

    [failed] = [c for c in plan.checks if not c.ok]
    assert (failed.code, failed.severity) == ("probe_target", "warning")
    assert plan.is_acceptable(force=True)


def test_a_changed_probe_is_held_against_policy_too(
    demo: models.Region, settings: Any
) -> None:
    pair = a_pair(demo)
    settings.PROBE_PORTS = ((80, 80),)
    wiring.start_anew()

    change = PairChange(probe={"kind": "tcp", "port": 81})
    with pytest.raises(refusals.PreflightFailed):
        pairs.update(pair=pair, change=change, actor=SHELL)
    allowed = PairChange(probe={"kind": "tcp", "port": 80})
    changed = pairs.update(pair=pair, change=allowed, actor=SHELL)

    assert changed.probe["port"] == 80


def test_a_tcp_probe_needs_a_port(region: models.Region) -> None:
    with pytest.raises(refusals.Invalid) as refused:
        a_pair(region, kind="tcp")

    assert refused.value.fields["errors"] == {
        "probe": ["A tcp probe needs the port that it connects to."]
    }


# By hand.


def test_a_probe_is_tried_by_hand_and_put_on_record(
    demo: models.Region, service: Server
) -> None:
    pair = a_pair(demo, kind="http", port=service.port, expect="PrimaryServer")

    tried = probing.try_now(pair=pair, actor=OLGA)

    assert (tried.outcome, tried.code) == ("failed", "text_missing")
    assert tried.detail == (
        f"http/{service.port} on {ELASTIC_IP}: “PrimaryServer” is not in the first "
        "64 KiB of the page."
    )
    found = {"address": ELASTIC_IP, "port": service.port, "code": "text_missing"}
    assert told("pair.probe") == [("olga", "failed", found)]


def test_a_pair_without_a_probe_has_nothing_to_try(article: models.Pair) -> None:
    with pytest.raises(refusals.Invalid):
        probing.try_now(pair=article, actor=OLGA)


def test_nothing_is_asked_of_a_resource_that_lies_free(
    demo: models.Region, sim: Sim
) -> None:
    pair = a_pair(demo, kind="tcp", port=443)
    interface = sim.state()["interfaces"]
    sim.send(
        "DetachNetworkInterface",
        AttachmentId=interface[FLOATING]["attachment_id"],
        Force="true",
    )

    def try_often() -> None:
        # The detach takes its moment.
        for _ in range(50):
            probing.try_now(pair=pair, actor=OLGA)

    with pytest.raises(refusals.NotServed):
        try_often()
