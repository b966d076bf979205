"""The swap of a pair from its page: the plan, the click, and every way of refusing."""

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from failover import models, wiring
from failover.services import plan_steps, plans, queries
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home

SWAP = "/pairs/article/swap/"
Fields = dict[str, Any]


def text_of(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def fields_of(text: str) -> Fields:
    """What the browser would send back: the form's hidden fields."""
    found: Fields = {"seen": []}
    for name, value in re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)"', text
    ):
        if name == "seen":
            found["seen"].append(value)
        else:
            found[name] = value
    return found


def form_of(home: Home, who: str = "olaf") -> Fields:
    answer = home.client(who).get(SWAP)
    assert answer.status_code == 200
    return fields_of(text_of(answer))


def test_the_page_shows_calls_and_checks_before_anything_is_done(home: Home) -> None:
    text = text_of(home.client("olaf").get(SWAP))

    assert text.index("DetachNetworkInterface") < text.index("AttachNetworkInterface")
    assert "127.31.58.118" in text
    assert "Checks" in text
    assert "Swap now" in text
    assert models.Job.objects.count() == 0


def test_a_click_starts_one_job_and_goes_to_it(home: Home) -> None:
    answer = home.client("olaf").post(SWAP, {**form_of(home), "reason": "step 7"})

    job = models.Job.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/jobs/{job.id}/"
    assert (job.from_instance_id, job.to_instance_id) == (PRIMARY, STANDBY)
    assert (job.reason, job.trigger, job.requested_by) == ("step 7", "ui", "olaf")


def test_in_the_dialog_the_browser_is_sent_to_the_job(home: Home) -> None:
    answer = home.client("olaf", htmx=True).post(SWAP, form_of(home))

    assert answer["HX-Redirect"] == f"/jobs/{models.Job.objects.get().id}/"


def test_the_same_form_sent_twice_starts_one_job(home: Home) -> None:
    form = form_of(home)
    client = home.client("olaf")

    first, second = client.post(SWAP, form), client.post(SWAP, form)

    assert first["Location"] == second["Location"]
    assert models.Job.objects.count() == 1


def test_a_second_swap_names_the_job_at_work(home: Home) -> None:
    form = form_of(home)
    job = home.job(state="running")

    answer = home.client("olaf").post(SWAP, form)

    assert answer.status_code == 409
    assert f'href="/jobs/{job.id}/"' in text_of(answer)
    assert models.Job.objects.count() == 1


def test_a_stale_plan_is_refused_with_the_new_one_and_what_changed(home: Home) -> None:
    form = {**form_of(home), "expected_active": STANDBY, "plan_hash": "old"}

    answer = home.client("olaf").post(SWAP, form)

    text = text_of(answer)
    assert answer.status_code == 412
    assert "The active instance was StandbyServer and is PrimaryServer now." in text
    assert fields_of(text)["plan_hash"] not in ("", "old")
    assert models.Job.objects.count() == 0


def test_a_plan_that_changed_marks_its_new_lines(home: Home) -> None:
    form = {**form_of(home), "plan_hash": "old", "seen": ["something else"]}

    answer = home.client("olaf").post(SWAP, form)

    assert answer.status_code == 412
    assert text_of(answer).count("is-changed") > 2


def test_the_corrected_plan_can_be_sent_at_once(home: Home) -> None:
    client = home.client("olaf")
    refused = client.post(SWAP, {**form_of(home), "plan_hash": "old"})

    answer = client.post(SWAP, fields_of(text_of(refused)))

    assert answer.status_code == 302
    assert models.Job.objects.count() == 1


def test_a_failed_check_says_what_stands_in_the_way(home: Home) -> None:
    form = form_of(home)
    models.Pair.objects.update(frozen_at=wiring.now(), frozen_by="anna")

    answer = home.client("olaf").post(SWAP, {**form, "force": "1"})

    assert answer.status_code == 422
    assert "frozen" in text_of(answer)
    assert models.Job.objects.count() == 0


@pytest.mark.parametrize("confirm", ["reason", "name"])
def test_a_pair_may_ask_for_a_reason(home: Home, confirm: str) -> None:
    models.Pair.objects.update(policy={**home.pair.policy, "confirm": confirm})
    typed = {"typed_name": "article"} if confirm == "name" else {}

    answer = home.client("olaf").post(SWAP, {**form_of(home), **typed})

    assert answer.status_code == 422
    assert 'aria-describedby="id_swap_reason_error"' in text_of(answer)
    assert models.Job.objects.count() == 0


def test_a_pair_may_ask_for_its_name(home: Home) -> None:
    models.Pair.objects.update(policy={**home.pair.policy, "confirm": "name"})
    form = {**form_of(home), "reason": "step 7"}
    client = home.client("olaf")

    assert client.post(SWAP, {**form, "typed_name": "artikle"}).status_code == 422
    assert client.post(SWAP, {**form, "typed_name": "article"}).status_code == 302


def test_a_viewer_cannot_swap(home: Home) -> None:
    form = form_of(home)

    answer = home.client("vera").post(SWAP, form)

    assert answer.status_code == 403
    assert "operator" in text_of(answer)
    assert models.Job.objects.count() == 0


@pytest.mark.parametrize(
    "broken",
    [
        {"idempotency_key": "not-a-uuid"},
        {"idempotency_key": str(uuid.uuid4()), "to": ""},
        {"plan_hash": ""},
        {"to": "i-0123456789abcdef0"},
        {"to": "\0"},
        {"reason": "x" * 501},
    ],
)
def test_a_broken_form_is_a_form_error(home: Home, broken: Fields) -> None:
    answer = home.client("olaf").post(SWAP, {**form_of(home), **broken})

    assert answer.status_code in (400, 412, 422)
    assert models.Job.objects.count() == 0


def test_a_silent_ec2_is_said_in_place(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiring.start_anew()
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        page = home.client("olaf").get(SWAP)
        part = home.client("olaf", htmx=True).get(SWAP)
    wiring.start_anew()

    assert page.status_code == 503
    assert part.status_code == 200
    assert "Swap now" not in text_of(page)
    assert "Look again" in text_of(part)


def test_the_plan_the_page_shows_is_the_services_own(home: Home) -> None:
    plan = plans.view(plans.prepare(pair=home.pair, to=None))

    form = form_of(home)

    assert form["plan_hash"] == plan.plan_hash
    assert (form["to"], form["expected_active"]) == (STANDBY, PRIMARY)
    assert any(FLOATING in line for line in form["seen"])


def test_the_plan_says_every_step_and_what_is_done_if_it_fails(home: Home) -> None:
    probe = {"kind": "http", "port": 8080, "path": "/", "expect": 200}
    models.Pair.objects.update(probe=probe)

    text = text_of(home.client("olaf").get(SWAP))

    order = (
        "Lock the pair and look again",
        "DetachNetworkInterface",
        "Wait until the interface is available",
        "If EC2 hangs for longer than 60 s, the job parks",
        "AttachNetworkInterface",
        "it is put back: attached to PrimaryServer",
        "Wait until the interface is in use",
        "Verify",
        "Probe http/8080",
        "Dry run only",
    )
    places = [text.index(said) for said in order]
    assert places[:-1] == sorted(places[:-1])
    models.Pair.objects.update(
        probe={"kind": "none"}, policy={**home.pair.policy, "force": "after"}
    )
    text = text_of(home.client("olaf").get(SWAP))
    assert "the detachment is forced" in text
    assert "No probe is set" in text


def test_a_dry_run_says_of_each_call_what_ec2_would_and_changes_nothing(
    home: Home,
) -> None:
    form = {**form_of(home), "dry_run": "1", "reason": "patching", "force": "1"}
    before = models.Pair.objects.values().get()

    text = text_of(home.client("olaf", htmx=True).post(SWAP, form))

    told = models.AuditEntry.objects.get(action="pair.dry_run")
    answers = [call["answer"] for call in (told.after or {})["calls"]]
    assert answers == ["allowed", "allowed"], told.after
    assert text.count("dry run: allowed") == 2
    assert "EC2 would allow our role all of these calls. Nothing was changed." in text
    # What was typed stays, and the swap is one click away.
    assert 'value="patching"' in text
    assert 'name="force" value="1" checked' in text
    assert models.Job.objects.count() == 0
    assert models.Pair.objects.values().get() == before
    assert (told.outcome, told.actor) == ("ok", "olaf")
    assert "AttachNetworkInterface" in str(told.after)


def test_a_dry_run_names_the_call_that_ec2_would_deny(home: Home) -> None:
    form = {**form_of(home), "dry_run": "1"}
    fault = {"action": "AttachNetworkInterface", "kind": "unauthorized", "times": 1}
    home.sim.world.faults.add(fault)

    text = text_of(home.client("olaf").post(SWAP, form))
    # A DryRun wears no fault out.
    home.sim.world.faults.clear()

    assert text.count("dry run: denied") == 1
    assert "EC2 would deny 1 of 2 calls to our role." in text
    assert home.client("vera").post(SWAP, form).status_code == 403


@pytest.mark.parametrize("holder", [PRIMARY, None])
def test_a_move_in_one_call_has_fewer_steps_and_says_where_it_would_end(
    home: Home, holder: str | None
) -> None:
    view = replace(queries.view_pair(home.pair), strategy="eip")
    call = plans.PlannedCall(action="AssociateAddress", args={}, cli="aws")
    plan = plans.PlanView(
        to=STANDBY,
        active_instance_id=holder,
        calls=(call,),
        checks=(),
        expected_outage_s=0.3,
        plan_hash="",
        observed_at=wiring.now(),
    )

    steps = plan_steps.list_steps(pair=view, plan=plan, source="one", target="two")

    assert [s.name for s in steps] == ["check", "move", "verify"]
    back = "put back to one" if holder else "stays free, as before"
    assert f"the Elastic IP {back}" in steps[1].if_fails.replace("is put", "put")
    assert "the Elastic IP is at two" in steps[2].detail
    assert all("{" not in s.if_fails + s.detail for s in steps)
