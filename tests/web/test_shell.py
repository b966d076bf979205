"""The frame of every page: place, banners, zones, messages of jobs, settings."""

from datetime import timedelta

import pytest
from django.test import Client

from failover import models, tasks, wiring
from failover.web import zones
from tests.web.conftest import BACKEND, PRIMARY, Home


def text_of(home: Home, path: str, who: str = "anna") -> str:
    return home.client(who).get(path).content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/pairs/article/", f"/instances/{PRIMARY}/", "/jobs/"]
)
def test_every_page_says_whose_account_it_is_about(home: Home, path: str) -> None:
    models.Account.objects.update(colour="darkBlue", is_production=True)

    text = text_of(home, path)

    assert 'class="bar colour-darkBlue is-production"' in text
    assert ">PROD</strong>" in text
    assert "123456789012" in text


def test_a_list_of_two_accounts_speaks_of_neither_until_it_is_narrowed(
    home: Home,
) -> None:
    other = models.Account.objects.create(name="prod", colour="red", is_production=True)
    models.Region.objects.create(account=other, name="us-east-1")

    every = text_of(home, "/pairs/")
    narrowed = text_of(home, "/pairs/?account=prod")

    assert 'class="bar colour-none"' in every
    assert "All accounts</bdi>" in every
    assert 'class="bar colour-red is-production"' in narrowed
    # And it stays narrowed from list to list.
    assert 'href="/instances/?account=prod"' in narrowed


def test_only_an_admin_gives_an_account_its_look_and_the_audit_keeps_it(
    home: Home,
) -> None:
    look = {"colour": "teal", "is_production": "1"}
    url = "/settings/accounts/default/look/"

    assert home.client("olaf").post(url, look).status_code == 403
    home.client("anna").post(url, {"colour": "<script>"})
    assert models.Account.objects.get().colour == "none"
    home.client("anna").post(url, look)

    account = models.Account.objects.get()
    assert (account.colour, account.is_production) == ("teal", True)
    row = models.AuditEntry.objects.get(action="account.look", outcome="ok")
    assert row.after == {"colour": "teal", "is_production": True}
    assert home.client("anna").post("/settings/accounts/no/look/").status_code == 404


def test_a_worker_that_is_not_seen_for_45_seconds_is_a_banner(home: Home) -> None:
    assert "No worker is seen" not in text_of(home, "/jobs/")

    models.WorkerBeat.objects.update(seen_at=wiring.now() - timedelta(seconds=46))
    assert "No worker is seen" in text_of(home, "/jobs/")

    tasks.beat()
    assert "No worker is seen" not in text_of(home, "/jobs/")
    models.ReconcilerBeat.objects.all().delete()
    assert "No reconciler is seen" in text_of(home, "/jobs/")


def test_credentials_that_fail_are_a_banner_with_the_account(home: Home) -> None:
    models.Region.objects.update(sync_error="AuthFailure: not able to validate")

    text = text_of(home, "/jobs/")

    assert "EC2 does not let us in: 1 account." in text
    assert "default/eu-west-1 (AuthFailure)" in text


def test_an_account_whose_pairs_are_all_frozen_is_in_maintenance(home: Home) -> None:
    models.Pair.objects.create(
        name="second",
        region=home.region,
        strategy="eni",
        primary_instance_id="i-1",
        standby_instance_id="i-2",
        created_at=wiring.now(),
    )
    frozen = {
        "frozen_at": wiring.now(),
        "frozen_by": "olaf",
        "frozen_reason": "new racks",
        "frozen_until": wiring.now() + timedelta(hours=2),
    }
    models.Pair.objects.filter(name="second").update(**frozen)
    assert "Maintenance in" not in text_of(home, "/jobs/")

    models.Pair.objects.update(**frozen)

    text = text_of(home, "/jobs/")
    assert "Maintenance in default." in text
    assert "All 2 pairs are frozen by olaf until" in text
    assert "new racks" in text


def test_a_viewer_is_told_that_he_may_only_look(home: Home) -> None:
    assert "Your role is viewer" in text_of(home, "/jobs/", "vera")
    assert "Your role is viewer" not in text_of(home, "/jobs/", "olaf")


def test_times_are_in_the_zone_of_who_asks_and_name_it(home: Home) -> None:
    home.job(requested_at=wiring.now())
    client = home.client("vera")
    assert ' UTC"' in client.get("/jobs/").content.decode()

    saved = client.post(
        "/settings/appearance/",
        {"time_zone": "Asia/Kathmandu", "theme": "dark", "density": "compact"},
    )
    text = client.get("/jobs/").content.decode()

    assert saved["Location"] == "/settings/appearance/"
    assert " UTC+05:45" in text
    assert " UTC+05:45<" in client.get(f"/instances/{PRIMARY}/").content.decode()
    assert "Times are in Asia/Kathmandu." in text
    assert 'data-theme="dark" data-density="compact"' in text
    # Another person's pages, and the API, are as they were.
    assert "Times are in UTC." in text_of(home, "/jobs/", "anna")
    api = client.get("/api/v1/jobs/").json()["results"][0]["requested_at"]
    assert api.endswith(("Z", "+00:00"))


def test_the_browsers_zone_comes_from_the_browser_and_is_not_trusted(
    home: Home,
) -> None:
    client = home.client("vera")
    client.post("/settings/appearance/", {"time_zone": zones.BROWSER})

    client.cookies[zones.COOKIE] = "Europe/Berlin"
    assert "Times are in Europe/Berlin." in client.get("/jobs/").content.decode()
    client.cookies[zones.COOKIE] = "../../etc/passwd"
    assert "Times are in UTC." in client.get("/jobs/").content.decode()


def test_a_zone_that_does_not_exist_is_an_error_at_its_field(home: Home) -> None:
    answer = home.client("vera").post("/settings/appearance/", {"time_zone": "Mars/X"})

    assert answer.status_code == 422
    assert "Choose a zone from the list" in answer.content.decode()


def test_a_job_that_somebody_started_is_told_on_every_page_until_it_is_closed(
    home: Home,
) -> None:
    job = home.job(state="running", requested_by="olaf")
    client = home.client("olaf")
    running = client.get("/instances/").content.decode()
    assert f'id="flash-{job.id}" role="status"' in running
    assert 'hx-trigger="every 1s"' in running

    models.Job.objects.update(
        state="succeeded", why="done", finished_at=wiring.now(), version=2
    )

    done = client.get("/instances/").content.decode()
    assert "Succeeded.</span>" in done
    assert f"/flashes/{job.id}/close/" in done
    # Not on the job's own page, nor on the pair's, nor to others.
    assert "/close/" not in client.get(f"/jobs/{job.id}/").content.decode()
    assert "/close/" not in client.get("/pairs/article/").content.decode()
    assert "/close/" not in text_of(home, "/instances/", "anna")
    client.post(f"/flashes/{job.id}/close/")
    assert "/close/" not in client.get("/instances/").content.decode()


def test_the_message_of_a_job_asks_again_only_while_it_can_change(home: Home) -> None:
    home.job(state="running", requested_by="olaf")
    client = home.client("olaf", htmx=True)
    first = client.get("/flashes/?job=&pair=").content.decode()
    rev = first.partition("rev=")[2][:16]
    assert client.get(f"/flashes/?job=&pair=&rev={rev}").status_code == 204

    models.Job.objects.update(
        state="reversed", why="attach_refused", finished_at=wiring.now(), version=2
    )

    ended = client.get(f"/flashes/?job=&pair=&rev={rev}")
    assert ended.status_code == 200
    assert "hx-trigger" not in ended.content.decode()


def test_of_many_messages_three_are_shown_and_what_went_well_goes_by_itself(
    home: Home,
) -> None:
    client, now = home.client("olaf"), wiring.now()

    def end(state: str, minutes: int) -> models.Job:
        ended = now - timedelta(minutes=minutes)
        made = home.job(state=state, requested_by="olaf", finished_at=ended, pair=None)
        models.Job.objects.filter(pk=made.pk).update(requested_at=ended)
        return made

    fresh, old = end("succeeded", 9), end("succeeded", 11)
    failed = end("reversed", 300)
    page = client.get("/instances/").content.decode()
    assert f"flash-{fresh.id}" in page
    assert f"flash-{failed.id}" in page
    assert f"flash-{old.id}" not in page
    # It asks again now and then, so that it goes without another page.
    assert 'hx-trigger="every 60s"' in page

    for minutes in (1, 2, 3):
        end("succeeded", minutes)
    page = client.get("/instances/").content.decode()
    assert page.count('id="flash-') == 3
    assert '<a href="/jobs/?f=requested_by%3Dolaf">and 2 more</a>' in page


def test_a_message_waits_in_the_session_until_a_page_shows_it(home: Home) -> None:
    client = home.client("olaf")
    client.post("/pairs/article/freeze/", {"reason": "patching"})
    client.get("/jobs/", headers={"HX-Request": "true"})

    assert "Pair article is frozen." in client.get("/instances/").content.decode()
    assert "Pair article is frozen." not in client.get("/instances/").content.decode()
    assert "messages" not in client.cookies


@pytest.mark.parametrize("path", ["/help/", "/settings/appearance/"])
def test_help_and_appearance_are_for_everybody_with_a_role(
    home: Home, path: str
) -> None:
    assert home.client("vera").get(path).status_code == 200
    assert home.client("nils").get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_settings_show_each_role_its_own_pages(home: Home) -> None:
    assert "/settings/accounts/" not in text_of(home, "/settings/appearance/", "olaf")
    assert "/settings/accounts/" in text_of(home, "/settings/appearance/", "anna")
    assert home.client("olaf").get("/settings/accounts/").status_code == 403


def test_the_version_is_the_projects(home: Home) -> None:
    client = Client()
    client.force_login(models.User.objects.get(username="vera"), backend=BACKEND)

    assert "Swapboard 0.1.0" in client.get("/").content.decode()


def test_a_swap_in_production_asks_for_the_name_unless_the_pair_says_otherwise(
    home: Home,
) -> None:
    models.Account.objects.update(is_production=True)

    asks = text_of(home, "/pairs/article/swap/", "olaf")
    refused = home.client("olaf").post("/pairs/article/swap/", {"reason": "x"})
    models.Pair.objects.update(policy={"confirm": "reason"})
    less = text_of(home, "/pairs/article/swap/", "olaf")

    assert 'name="typed_name"' in asks
    assert refused.status_code == 422
    assert models.Job.objects.count() == 0
    assert 'name="typed_name"' not in less
