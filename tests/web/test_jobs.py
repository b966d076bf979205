"""The live job: what it shows, when it asks again, and calling it off."""

import re
from datetime import timedelta

import pytest

from failover import models, wiring
from tests.web.conftest import FLOATING, STANDBY, Home


def text_of(home: Home, job: models.Job, *, htmx: bool = False) -> str:
    answer = home.client("olaf", htmx=htmx).get(f"/jobs/{job.id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def rev_of(text: str) -> str:
    found = re.search(r"\?rev=([0-9a-f]+)", text)
    assert found
    return found.group(1)


def call(job: models.Job, **columns: object) -> models.Intent:
    return models.Intent.objects.create(
        **{
            "job": job,
            "seq": 1,
            "fence_token": 1,
            "action": "DetachNetworkInterface",
            "args": {},
            "intent_at": wiring.now(),
            "sent_at": wiring.now(),
            "ended_at": wiring.now(),
            "duration_s": 0.31,
            "outcome": "ok",
            "aws_request_id": "7f00-request",
            **columns,
        }
    )


def test_a_running_job_asks_again_until_it_ends(home: Home) -> None:
    job = home.job(state="running")
    assert 'hx-trigger="every 1s"' in text_of(home, job)

    models.Job.objects.update(
        state="succeeded", why="done", finished_at=wiring.now(), version=2
    )

    assert "hx-trigger" not in text_of(home, job, htmx=True)


def test_without_a_change_a_poll_gets_nothing(home: Home) -> None:
    job = home.job(state="running")
    rev = rev_of(text_of(home, job))
    client = home.client("olaf", htmx=True)

    assert client.get(f"/jobs/{job.id}/?rev={rev}").status_code == 204

    call(job)
    changed = client.get(f"/jobs/{job.id}/?rev={rev}")

    assert changed.status_code == 200
    assert rev_of(changed.content.decode()) != rev


def test_a_finished_job_answers_the_last_poll(home: Home) -> None:
    job = home.job(state="running")
    rev = rev_of(text_of(home, job))
    models.Job.objects.update(state="cancelled", finished_at=wiring.now())

    answer = home.client("olaf", htmx=True).get(f"/jobs/{job.id}/?rev={rev}")

    assert answer.status_code == 200
    assert "Cancelled" in answer.content.decode()


def test_a_change_is_announced_and_the_rest_is_not(home: Home) -> None:
    job = home.job(state="running", first_intent_at=wiring.now())
    call(job)

    text = text_of(home, job, htmx=True)

    assert 'id="announce"' in text
    assert "step 3 of 6" in text
    assert "aria-live" not in text


def test_without_script_the_page_loads_itself_again(home: Home) -> None:
    job = home.job(state="running")
    assert '<noscript><meta http-equiv="refresh" content="3">' in text_of(home, job)

    models.Job.objects.update(state="cancelled", finished_at=wiring.now())

    assert "http-equiv" not in text_of(home, job)


def test_calls_show_their_outcome_duration_and_request_id(home: Home) -> None:
    job = home.job(state="running")
    call(job)
    call(
        job,
        seq=2,
        action="AttachNetworkInterface",
        outcome="refused",
        error_code="AttachmentLimitExceeded",
    )

    text = text_of(home, job)

    for said in ("Accepted", "0.31 s", "7f00-request", "Refused"):
        assert said in text
    assert "AttachmentLimitExceeded" in text


def test_the_outage_runs_while_the_service_is_dark(home: Home) -> None:
    began = wiring.now() - timedelta(seconds=65)
    job = home.job(state="running", outage_started_at=began)

    text = text_of(home, job)

    assert "Outage so far" in text
    # A slow machine takes its moment to show it.
    assert re.search(r"1 min \d+ s", text)
    assert re.search(r'data-running-s="(6[5-9]|7\d)\.', text)


def test_the_outage_of_a_finished_job_stands_still(home: Home) -> None:
    began = wiring.now() - timedelta(seconds=60)
    job = home.job(
        state="succeeded",
        why="done",
        outage_started_at=began,
        restored_at=began + timedelta(seconds=5.5),
        finished_at=wiring.now(),
    )

    text = text_of(home, job)

    assert "5.5 s" in text
    assert "data-running-s" not in text
    assert "Swap back" in text


@pytest.mark.parametrize("state", ["parked", "reversed"])
def test_bad_ends_say_why_and_what_to_do(home: Home, state: str) -> None:
    finished_at = None if state == "parked" else wiring.now()
    why = {"parked": "both_ends_impossible", "reversed": "attach_refused"}[state]
    job = home.job(
        state=state,
        finished_at=finished_at,
        why=why,
        why_args={"instance": STANDBY, "code": "IncorrectState", "message": "stopped"},
    )

    text = text_of(home, job)

    assert "IncorrectState" in text
    assert STANDBY in text
    assert {"parked": "repair one of the instances", "reversed": "Mend"}[state] in text


def test_an_operator_calls_a_waiting_job_off(home: Home) -> None:
    job = home.job(state="queued")

    answer = home.client("olaf").post(f"/jobs/{job.id}/cancel/")

    assert answer["Location"] == f"/jobs/{job.id}/"
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_finished_job_cannot_be_called_off(home: Home) -> None:
    job = home.job(state="succeeded", why="done", finished_at=wiring.now())
    client = home.client("olaf")

    answer = client.post(f"/jobs/{job.id}/cancel/", follow=True)

    assert 'role="alert"' in answer.content.decode()


def test_a_viewer_sees_no_cancel_and_cannot_send_it(home: Home) -> None:
    job = home.job(state="queued")
    client = home.client("vera")

    assert "cancel-job" not in client.get(f"/jobs/{job.id}/").content.decode()
    assert client.post(f"/jobs/{job.id}/cancel/").status_code == 403
    job.refresh_from_db()
    assert job.state == "queued"


def test_a_job_outlives_its_pair(home: Home) -> None:
    job = home.job(
        pair=None, pair_name="gone", state="cancelled", finished_at=wiring.now()
    )

    text = text_of(home, job)

    assert FLOATING in text
    assert "/pairs/gone/" not in text


PROBE = {"kind": "tcp", "port": 443, "path": "/", "expect": ""}
REFUSED = {
    "began_at": 1.0,
    "verdict": {
        "outcome": "failed",
        "address": "203.0.113.7",
        "port": 443,
        "code": "connection_refused",
        "args": [],
        "duration_s": 0.1,
    },
}
ASKED = "tcp/443 on 203.0.113.7: connection refused"


def waiting_for_its_service(home: Home, **columns: object) -> models.Job:
    now = wiring.now()
    return home.job(
        state="running",
        waiting_for="probe",
        first_intent_at=now,
        restored_at=now,
        probe=PROBE,
        heard=REFUSED,
        **columns,
    )


def test_a_job_says_which_service_it_waits_for_and_is_let_go_with_a_comment(
    home: Home,
) -> None:
    job = waiting_for_its_service(home)
    client = home.client("olaf")

    page = client.get(f"/jobs/{job.id}/").content.decode()
    silent = client.post(f"/jobs/{job.id}/acknowledge/", {"comment": ""}, follow=True)
    job.refresh_from_db()
    untouched = job.probe_waived_at
    client.post(f"/jobs/{job.id}/acknowledge/", {"comment": "known"})
    job.refresh_from_db()

    assert page.count(ASKED) == 2
    assert "Say in a comment" in silent.content.decode()
    assert untouched is None
    assert job.probe_waived_by == "olaf"


def test_home_shows_whose_service_does_not_answer(home: Home) -> None:
    client = home.client("vera")
    quiet = waiting_for_its_service(home)
    before = client.get("/").content.decode()
    models.Job.objects.filter(id=quiet.id).update(probe_overdue_at=wiring.now())
    after = client.get("/").content.decode()

    # It runs, and is told as running; it needs nobody yet.
    assert ASKED not in before[: before.index('id="running"')]
    needs = after[after.index('id="attention"') : after.index('id="running"')]
    assert ASKED in needs
    assert "Mend the service" in needs


def test_a_viewer_lets_no_job_go(home: Home) -> None:
    job = waiting_for_its_service(home)
    client = home.client("vera")

    page = client.get(f"/jobs/{job.id}/").content.decode()
    answer = client.post(f"/jobs/{job.id}/acknowledge/", {"comment": "known"})

    assert "/acknowledge/" not in page
    assert answer.status_code == 403
