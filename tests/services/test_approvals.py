"""A second person consents: to one plan, in time, once, and never to one's own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from failover import wiring
from failover.models import Account, Approval, AuditEntry, Job, Pair, User
from failover.services import access, pairs
from failover.services.people import tokens, users
from tests.services.world import SHELL, STANDBY, finish

BACKEND = "django.contrib.auth.backends.ModelBackend"
JSON = "application/json"
SWAP = "/api/v1/pairs/article/swap/"


@pytest.fixture
def guarded(article: Pair) -> Pair:
    """The article's pair, which wants a second person."""
    change = pairs.PairChange(policy={"approval": True})
    return pairs.update(pair=article, change=change, actor=SHELL)


def person(name: str, role: str) -> Client:
    User.objects.create(username=name, role=role)
    return signed_in(name)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), backend=BACKEND)
    return client


def ask(client: Client, **body: Any) -> Any:
    return client.post(SWAP, {"reason": "maintenance", **body}, JSON)


def approve(client: Client, approval_id: str, verb: str = "approve") -> Any:
    return client.post(
        f"/api/v1/approvals/{approval_id}/{verb}/", {"comment": "seen"}, JSON
    )


def told() -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.filter(object="pair/article").order_by("seq")
    return [
        (row.actor, row.action, row.outcome)
        for row in rows
        if row.action.startswith(("approval", "break_glass", "swap"))
    ]


def test_a_swap_waits_for_another_person_and_runs_once(guarded: Pair) -> None:
    olga, alma = person("olga", "operator"), person("alma", "approver")

    refused = ask(olga)
    assert refused.status_code == 403
    problem = refused.json()
    assert problem["code"] == "approval_required"
    approval_id = problem["approval"]
    assert ask(olga).json()["approval"] == approval_id
    waiting = alma.get("/api/v1/approvals/?state=pending").json()["results"]
    assert [(a["id"], a["requested_by"]) for a in waiting] == [(approval_id, "olga")]
    assert waiting[0]["plan"]["calls"][0]["action"] == "DetachNetworkInterface"
    assert not Job.objects.exists()

    assert approve(alma, approval_id).json()["state"] == "approved"
    begun = ask(olga)
    assert begun.status_code == 202
    finish(Job.objects.get())
    used = alma.get(f"/api/v1/approvals/{approval_id}/").json()
    assert (used["state"], used["job"]) == ("used", begun.json()["id"])

    # Used once: the way back needs a consent of its own.
    assert ask(olga).json()["code"] == "approval_required"
    assert [t for t in told() if t[2] != "refused"][:3] == [
        ("olga", "approval.request", "pending"),
        ("alma", "approval.decide", "approved"),
        ("olga", "swap.request", "accepted"),
    ]


def test_nobody_approves_their_own_swap(guarded: Pair) -> None:
    alma = person("alma", "approver")
    approval_id = ask(alma).json()["approval"]

    answer = approve(alma, approval_id)

    assert answer.status_code == 403
    assert Approval.objects.get().state == "pending"


def test_a_token_asks_but_never_approves(guarded: Pair) -> None:
    person("olga", "operator")
    person("alma", "admin")
    asking = tokens.make(user_name="olga", actor=SHELL)
    deciding = tokens.make(user_name="alma", actor=SHELL)
    olga = Client(headers={"Authorization": f"Bearer {asking}"})
    alma = Client(headers={"Authorization": f"Bearer {deciding}"})
    approval_id = ask(olga).json()["approval"]

    assert approve(alma, approval_id).status_code == 403
    assert ask(alma, break_glass=True).status_code == 403
    assert approve(signed_in("alma"), approval_id).status_code == 200
    assert ask(olga).status_code == 202


def test_who_made_the_token_that_asked_does_not_approve(guarded: Pair) -> None:
    person("olga", "operator")
    anna, alma = person("anna", "admin"), person("alma", "approver")
    actor = access.actor_for(User.objects.get(username="anna"), is_fresh=True)
    raw = tokens.make(user_name="olga", actor=actor)
    bearer = {"Authorization": f"Bearer {raw}"}

    asked = Client(headers=bearer).post(SWAP, {"reason": "maintenance"}, JSON)
    approval_id = asked.json()["approval"]

    assert approve(anna, approval_id).status_code == 403
    assert approve(alma, approval_id).json()["state"] == "approved"


def test_another_plan_needs_another_consent(guarded: Pair) -> None:
    olga, alma = person("olga", "operator"), person("alma", "approver")
    approval_id = ask(olga).json()["approval"]
    approve(alma, approval_id)
    Approval.objects.update(plan_hash="0" * 64)

    refused = ask(olga)

    assert refused.status_code == 412
    problem = refused.json()
    assert problem["code"] == "changed"
    assert problem["approval"] != approval_id
    states = dict(Approval.objects.values_list("id", "state"))
    assert sorted(states.values()) == ["pending", "void"]
    assert not Job.objects.exists()


def test_a_plan_that_has_changed_is_not_approved(guarded: Pair) -> None:
    olga, alma = person("olga", "operator"), person("alma", "approver")
    approval_id = ask(olga).json()["approval"]
    Approval.objects.update(plan_hash="0" * 64)

    assert approve(alma, approval_id).status_code == 412
    assert Approval.objects.get().state == "void"


def test_a_consent_ends_after_a_quarter_of_an_hour(guarded: Pair) -> None:
    olga, alma = person("olga", "operator"), person("alma", "approver")
    approval_id = ask(olga).json()["approval"]
    row = Approval.objects.get()
    assert row.expires_at - row.requested_at == timedelta(minutes=15)
    approve(alma, approval_id)
    Approval.objects.update(expires_at=wiring.now() - timedelta(seconds=1))

    again = ask(olga)

    assert again.status_code == 403
    assert again.json()["approval"] != approval_id
    assert alma.get(f"/api/v1/approvals/{approval_id}/").json()["state"] == "expired"
    late = approve(alma, approval_id)
    assert (late.status_code, late.json()["code"]) == (409, "approval_closed")


def test_what_is_decided_stays_decided(guarded: Pair) -> None:
    olga, alma = person("olga", "operator"), person("alma", "approver")
    approval_id = ask(olga).json()["approval"]

    assert approve(alma, approval_id, "deny").json()["state"] == "denied"
    assert approve(alma, approval_id).status_code == 409
    assert ask(olga).json()["approval"] != approval_id


def test_a_role_that_is_gone_takes_the_consent_along(guarded: Pair) -> None:
    olga, alma = person("olga", "operator"), person("alma", "approver")
    approval_id = ask(olga).json()["approval"]
    approve(alma, approval_id)
    User.objects.filter(username="alma").update(role="operator")

    refused = ask(olga)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert Approval.objects.get().state == "void"

    approval_id = ask(olga).json()["approval"]
    approve(person("ada", "approver"), approval_id)
    User.objects.filter(username="olga").update(role="viewer")
    assert ask(olga).status_code == 403
    assert not Job.objects.exists()


def test_an_approver_decides_only_within_scope(guarded: Pair) -> None:
    approval_id = ask(person("olga", "operator")).json()["approval"]
    other = Account.objects.create(name="other")
    stranger = person("stella", "")
    stella = User.objects.get(username="stella")
    users.grant(
        actor=SHELL, user=stella, role="approver", scope="account", account=other
    )

    assert approve(stranger, approval_id).status_code == 404
    User.objects.filter(pk=stella.pk).update(role="viewer")
    assert approve(stranger, approval_id).status_code == 403


def test_an_administrator_breaks_the_glass_and_everybody_is_told(
    guarded: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    olga, anna = person("olga", "operator"), person("anna", "admin")

    assert ask(olga, break_glass=True).status_code == 403
    assert ask(anna, break_glass=True, reason=" ").status_code == 400
    begun = ask(anna, break_glass=True, reason="Everybody else sleeps")

    assert begun.status_code == 202
    assert ("anna", "break_glass", "accepted") in told()
    assert any("swap.break_glass" in str(r.msg) for r in caplog.records)
    row = Approval.objects.get(is_break_glass=True)
    for client in (olga, anna):
        page = client.get("/").content.decode()
        assert "without approval" in page
    # Who has done it does not take note of it for the others.
    acknowledge = f"/api/v1/approvals/{row.id}/acknowledge/"
    assert anna.post(acknowledge, {}, JSON).status_code == 403
    assert person("alma", "approver").post(acknowledge, {}, JSON).status_code == 200
    assert "without approval" not in olga.get("/").content.decode()


def test_many_at_once_and_putting_back_ask_too(guarded: Pair) -> None:
    olga = person("olga", "operator")

    many = olga.post("/api/v1/swaps/", {"pairs": ["article"]}, JSON).json()

    assert many["accepted"] == []
    assert [r["code"] for r in many["refused"]] == ["approval_required"]
    Pair.objects.update(desired_instance_id=STANDBY)
    back = olga.post("/api/v1/pairs/article/put-back/", {"reason": "r"}, JSON)
    assert back.json()["code"] == "approval_required"
    assert not Job.objects.exists()


def test_a_swap_in_production_asks_who_it_is_again(article: Pair) -> None:
    Account.objects.update(is_production=True)
    olga = person("olga", "operator")
    assert olga.get("/settings/security/").status_code == 200
    session = olga.session
    session["auth_at"] -= 301
    session.save()

    refused = ask(olga)
    assert (refused.status_code, refused.json()["code"]) == (403, "confirm_identity")
    page = olga.get("/pairs/article/swap/")
    assert page["Location"].startswith(
        "/accounts/reauthenticate/?next=%2Fpairs%2Farticle"
    )

    session["auth_at"] += 301
    session.save()
    assert ask(olga).status_code == 202
