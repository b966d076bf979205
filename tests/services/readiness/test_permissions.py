"""Whether our role may: asked by DryRun, from a quota that swaps do not need."""

import pytest

from failover import models, wiring
from failover.engine.job import Action
from failover.models import Pair
from failover.services import inventory, swaps
from tests.services import moving, world
from tests.services.moving import FIRST, SECOND, Console
from tests.services.readiness import readying
from tests.services.readiness.readying import Faults
from tests.services.world import FLOATING, OLGA, PRIMARY, SHELL, STANDBY, Sim


def test_each_call_is_rehearsed_once_an_hour_with_a_named_resource(
    article: Pair, sim: Sim
) -> None:
    readying.ask_all()
    readying.judge()

    assert readying.dry_runs(sim) == [
        "DetachNetworkInterface",
        "AttachNetworkInterface",
    ]
    assert readying.failed() == {}
    assert FLOATING in readying.said("permission_detach")
    assert STANDBY in readying.said("permission_attach")
    readying.let_pass(3500)
    readying.ask_all()
    assert len(readying.dry_runs(sim)) == 2
    readying.let_pass(100)
    readying.ask_all()
    assert len(readying.dry_runs(sim)) == 4
    assert sim.state()["interfaces"][FLOATING]["instance_id"] == PRIMARY


def test_questions_come_five_seconds_apart(article: Pair, sim: Sim) -> None:
    readying.ask()
    readying.ask()
    assert len(readying.dry_runs(sim)) == 1

    readying.let_pass(5.1)
    readying.ask()
    assert len(readying.dry_runs(sim)) == 2


def test_no_question_is_asked_from_a_bucket_that_swaps_may_need(
    article: Pair, region: models.Region, sim: Sim
) -> None:
    wiring.store().owe(region_id=region.pk, api=Action.DETACH, tokens=6)

    readying.ask()

    assert readying.dry_runs(sim) == []


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("DetachNetworkInterface", "permission_detach"),
        ("AttachNetworkInterface", "permission_attach"),
    ],
)
def test_a_role_that_may_not_is_not_ready_and_the_call_is_named(
    article: Pair, sim: Sim, fault: Faults, action: str, code: str
) -> None:
    fault(action, "unauthorized")

    readying.ask_all()
    readying.judge()

    assert readying.failed() == {code: "error"}
    assert not readying.seen().ready
    assert f"may not make {action}" in readying.said(code)


@pytest.mark.parametrize("strategy", ["eip", "route"])
def test_a_move_of_one_call_is_rehearsed_too(
    region: models.Region, console: Console, sim: Sim, fault: Faults, strategy: str
) -> None:
    if strategy == "eip":
        allocation = console.allocate()
        console.associate(allocation, FIRST)
        moving.make_pair(region, "moved", strategy="eip", allocation_id=allocation)
    else:
        tables = console.make_tables(1)
        console.lead(tables, FIRST)
        console.stop_checking(FIRST, SECOND)
        moving.make_pair(
            region,
            "moved",
            strategy="route",
            route_table_ids=tuple(tables),
            destination_cidr=moving.DESTINATION,
        )
    fault("AssociateAddress", "unauthorized")
    fault("ReplaceRoute", "unauthorized")

    readying.ask_all()
    readying.judge()

    assert readying.failed("moved")["permission_move"] == "error"
    assert "UnauthorizedOperation" in readying.said("permission_move", "moved")


def test_any_other_answer_keeps_the_last_verdict_with_its_age(
    article: Pair, sim: Sim, fault: Faults
) -> None:
    readying.ask_all()
    readying.judge()
    before = readying.said("permission_attach")
    readying.let_pass(3600)
    fault("AttachNetworkInterface", "throttle", probability=1)
    fault("DetachNetworkInterface", "error-before", probability=1)
    sim.control("config", {"throttle": "off"})

    readying.ask_all()
    readying.judge()

    assert readying.said("permission_attach") == before
    assert readying.seen().ready


def test_a_verdict_that_was_never_given_is_unknown_and_no_error(
    article: Pair, region: models.Region, sim: Sim, fault: Faults
) -> None:
    wiring.store().owe(region_id=region.pk, api=Action.ATTACH, tokens=1000)
    readying.ask_all()

    readying.judge_later(61)

    assert readying.failed()["permission_attach"] == "warning"
    assert "not known" in readying.said("permission_attach")
    assert readying.seen().ready


def test_a_refresh_has_a_mended_role_asked_anew(
    article: Pair, region: models.Region, sim: Sim, fault: Faults
) -> None:
    fault("AttachNetworkInterface", "unauthorized")
    readying.ask_all()
    readying.judge()
    assert not readying.seen().ready
    sim.end_faults()
    readying.ask_all()
    assert len(readying.dry_runs(sim)) == 2

    region.refresh_from_db()
    inventory.request_sync(region, SHELL)
    readying.ask_all()
    readying.judge()

    assert readying.seen().ready


def test_a_call_that_a_swap_was_allowed_needs_no_rehearsal(
    article: Pair, sim: Sim
) -> None:
    world.finish(swaps.request_swap(pair=article, actor=OLGA))
    readying.judge()

    readying.ask_all()

    assert readying.dry_runs(sim) == []
    assert "may make AttachNetworkInterface" in readying.said("permission_attach")


def test_a_denied_swap_has_the_role_asked_at_once(
    article: Pair, sim: Sim, fault: Faults
) -> None:
    readying.ask_all()
    fault("DetachNetworkInterface", "unauthorized")
    world.finish(swaps.request_swap(pair=article, actor=OLGA))
    readying.let_pass(61)
    readying.judge()

    readying.ask_all()
    readying.judge()

    assert readying.failed() == {"permission_detach": "error"}
