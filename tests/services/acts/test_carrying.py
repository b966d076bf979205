"""Every call has its row first, and whatever dies in between is resolved by looks."""

from typing import Any

import pytest
from django.db import DatabaseError

from failover import models, wiring
from failover.ec2.requests import Operation, Request
from failover.models import Action, AuditEntry
from failover.services import queries, refusals
from failover.services.acts import carrying, intents, interfaces, orders, showing
from failover.services.acts.orders import Order
from tests.services.acts import stage
from tests.services.world import OLGA, Sim


def make(region: models.Region, **more: Any) -> Action:
    subnet = stage.subnet_of(region)
    return interfaces.create(
        region=region, subnet_id=subnet.subnet_id, actor=OLGA, **more
    )


def test_a_call_has_its_row_first_and_is_seen_at_once(
    region: models.Region, sim: Sim
) -> None:
    row = make(region, description="spare", tags={"Name": "spare", "team": "db"})

    assert (row.state, row.kind) == ("done", "network-interface.create")
    shown = queries.get_interface(row.made[0])
    assert (shown.name, shown.description) == ("spare", "spare")
    assert shown.tags == {"Name": "spare", "team": "db"}
    [call] = sim.calls("CreateNetworkInterface")
    assert call["request_id"] == row.aws_request_id
    requested, done = AuditEntry.objects.filter(action=row.kind).order_by("seq")
    assert requested.at.timestamp() <= call["at"]
    assert (requested.outcome, done.outcome) == ("requested", "done")
    assert done.actor == "olga"
    assert done.aws_request_id == row.aws_request_id
    assert done.after is not None
    assert done.after[row.made[0]]["description"] == "spare"


def test_a_refusal_of_ec2_is_said_in_words_with_its_code(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "CreateNetworkInterface", "refuse:NetworkInterfaceLimitExceeded")

    with pytest.raises(refusals.Ec2Said) as refused:
        make(region)

    problem = refused.value.as_problem()
    assert (problem["status"], problem["code"]) == (422, "ec2_refused")
    assert problem["ec2_code"] == "NetworkInterfaceLimitExceeded"
    assert "no more network interfaces" in str(problem["detail"])
    row = showing.get_action(str(problem["action"]))
    assert (row.state, row.error_code) == ("refused", "NetworkInterfaceLimitExceeded")
    assert list(stage.told(row)) == [
        ("requested", ""),
        ("refused", "NetworkInterfaceLimitExceeded"),
    ]


def test_a_lost_reply_of_a_call_with_a_token_is_asked_again_and_makes_one(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "CreateNetworkInterface", "drop-after")
    before = len(sim.state()["interfaces"])

    row = make(region)

    assert row.state == "done"
    assert len(sim.state()["interfaces"]) == before + 1
    assert len(sim.calls("CreateNetworkInterface")) == 2


def test_a_call_whose_replies_are_all_lost_is_found_by_looking(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "CreateNetworkInterface", "drop-after", times=3)

    with pytest.raises(refusals.OutcomeUnknown) as unknown:
        make(region, description="lost", tags={"a": "b"})
    row = showing.get_action(unknown.value.action)
    assert (row.state, unknown.value.status) == ("unknown", 504)
    stage.follow(region)

    row.refresh_from_db()
    assert row.state == "done"
    assert queries.get_interface(row.made[0]).description == "lost"
    assert len(sim.calls("CreateNetworkInterface")) == 3
    assert [outcome for outcome, _ in stage.told(row)] == [
        "requested",
        "unknown",
        "done",
    ]


def test_a_refusal_after_a_lost_reply_does_not_end_the_doubt(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "CreateNetworkInterface", "late", delay_s=1.5)
    stage.fault(sim, "CreateNetworkInterface", "refuse:Unavailable", nth=2)
    stage.fault(
        sim, "CreateNetworkInterface", "refuse:InsufficientFreeAddressesInSubnet", nth=3
    )

    with pytest.raises(refusals.OutcomeUnknown) as unknown:
        make(region, description="late")
    row = showing.get_action(unknown.value.action)

    assert row.state == "unknown"
    assert stage.follow_until_over(region, row).state == "done"


def test_what_never_shows_is_given_up_and_never_sent_again(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "CreateNetworkInterface", "drop-before", times=3)
    with pytest.raises(refusals.OutcomeUnknown) as unknown:
        make(region, description="never")
    row = showing.get_action(unknown.value.action)

    stage.follow(region)
    row.refresh_from_db()
    assert (row.state, row.finished_at) == ("unknown", None)
    stage.grow_older(row, 400)
    stage.follow(region)

    row.refresh_from_db()
    assert (row.state, row.error_code) == ("unknown", "not_shown")
    assert row.finished_at is not None
    assert "very probably not happened" in showing.view_action(row).message
    assert len(sim.calls("CreateNetworkInterface")) == 3


def order(region: models.Region) -> Order:
    subnet = stage.subnet_of(region)
    args = {"SubnetId": subnet.subnet_id, "Description": "crash", "ClientToken": "t"}
    return Order(
        id=wiring.new_uuid(),
        region=region,
        kind="network-interface.create",
        resource=subnet.subnet_id,
        request=Request(operation=Operation.CREATE_INTERFACE, args=args),
        actor=OLGA,
    )


def test_a_crash_between_row_and_call_leaves_nothing_in_ec2_and_says_so(
    region: models.Region, sim: Sim
) -> None:
    row = intents.begin(order(region))
    stage.follow(region)
    row.refresh_from_db()
    assert row.state == "sent"
    stage.grow_older(row, 400)

    stage.follow(region)

    row.refresh_from_db()
    assert (row.state, row.error_code) == ("unknown", "not_shown")
    assert sim.calls("CreateNetworkInterface") == []


def test_a_crash_after_the_answer_is_completed_by_looking(
    region: models.Region, sim: Sim
) -> None:
    wanted = order(region)
    row = intents.begin(wanted)
    done = wiring.gateway(region).carry_out(
        wanted.request, begun_at=row.begun_at.timestamp(), may_leave=lambda: True
    )
    intents.note_answer(row, done)
    stage.grow_older(row, 60)

    stage.follow(region)

    row.refresh_from_db()
    assert (row.state, row.made) == ("done", list(done.made))
    assert queries.get_interface(done.made[0]).description == "crash"


def test_a_call_given_up_by_the_reconciler_does_not_leave_any_more(
    region: models.Region, sim: Sim
) -> None:
    row = intents.begin(order(region))
    Action.objects.filter(id=row.id).update(state="unknown")

    assert not intents.is_open(row)


def test_an_unreachable_ec2_is_said_and_nothing_is_open(
    region: models.Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = order(region)
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9")
    wiring.start_anew()

    with pytest.raises(refusals.NotReached) as refused:
        carrying.carry_out(wanted)

    assert (refused.value.status, refused.value.code) == (503, "ec2_unreachable")
    assert Action.objects.get(id=wanted.id).state == "refused"


def test_the_same_claim_is_never_carried_out_twice(
    region: models.Region, sim: Sim
) -> None:
    claim_id = wiring.new_uuid()

    first = make(region, claim_id=claim_id)
    again = make(region, claim_id=claim_id)

    assert first.id == again.id
    assert len(sim.calls("CreateNetworkInterface")) == 1


def test_a_throttled_call_was_not_executed_and_is_tried_again(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "CreateNetworkInterface", "throttle", times=2)
    assert make(region).state == "done"

    stage.fault(sim, "CreateNetworkInterface", "throttle", times=3)
    with pytest.raises(refusals.Ec2Impatient) as refused:
        make(region)

    assert refused.value.status == 429
    assert Action.objects.filter(state="refused").count() == 1


def test_a_database_that_fails_after_the_call_leaves_the_row_to_be_resolved(
    region: models.Region, monkeypatch: pytest.MonkeyPatch, sim: Sim
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(intents, "note_answer", break_down)
        with pytest.raises(refusals.OutcomeUnknown):
            make(region, description="half")
    row = Action.objects.get()
    assert row.state == "sent"
    stage.grow_older(row, 60)

    stage.follow(region)

    row.refresh_from_db()
    assert row.state == "done"
    assert len(sim.calls("CreateNetworkInterface")) == 1


def test_what_is_kept_of_a_call_holds_no_user_data() -> None:
    kept = orders.redact({"UserData": "password=tiger", "ImageId": "ami-1"})

    assert "tiger" not in str(kept)
    assert kept["UserData"] == "(14 bytes, not kept)"
