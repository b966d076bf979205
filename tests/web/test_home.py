"""Home: what needs a human now, what runs, how pairs stand, and the first steps."""

from datetime import timedelta

from django.test import Client

from failover import models, wiring
from failover.services.standing import News
from tests.web.conftest import BACKEND, PRIMARY, STANDBY, Home

STOPPED = {
    "code": "target_state",
    "ok": False,
    "severity": "error",
    "args": {"instance": STANDBY, "state": "stopped"},
}
UNREADY = {"readiness": [STOPPED], "readiness_news": {"is_ready": False, "since": 0.0}}


def text_of(home: Home, path: str = "/", who: str = "anna") -> str:
    return home.client(who).get(path).content.decode()


def attention(text: str) -> str:
    return text[text.index('id="attention"') : text.index('id="pairs"')]


def pair(home: Home, name: str, **columns: object) -> models.Pair:
    now = wiring.now()
    return models.Pair.objects.create(
        **{
            "name": name,
            "region": home.region,
            "strategy": "eni",
            "primary_instance_id": PRIMARY,
            "standby_instance_id": STANDBY,
            "network_interface_id": f"eni-{len(name):08x}",
            "readiness_at": now,
            "readiness_news": News(is_ready=True, since=now.timestamp()).as_kept(),
            "created_at": now,
            **columns,
        }
    )


def test_nothing_is_said_where_nothing_is(home: Home) -> None:
    text = text_of(home)

    assert "Nothing. Every pair is where it should be." in text
    assert "Three steps" not in text


def test_what_nobody_sees_and_cannot_be_read_needs_a_human(home: Home) -> None:
    models.ReconcilerBeat.objects.all().delete()
    models.WorkerBeat.objects.all().delete()
    models.Region.objects.update(sync_error="AuthFailure: not able to validate")

    said = attention(text_of(home))

    assert ">Reconciler</a>" in said
    assert ">Worker</a>" in said
    assert "Cannot be read" in said
    assert "AuthFailure" in said


def test_a_parked_job_is_the_first_thing_said(home: Home) -> None:
    home.job(state="parked", why="gone", pair=None, network_interface_id="eni-1")
    pair(home, "other", **UNREADY)

    said = attention(text_of(home))

    assert said.index("Parked") < said.index("other")


def test_a_freeze_that_ends_soon_or_was_forgotten_asks(home: Home) -> None:
    now = wiring.now()
    frozen = {"frozen_by": "olaf", "frozen_reason": "racks"}
    pair(
        home,
        "ends-soon",
        **frozen,
        frozen_at=now,
        frozen_until=now + timedelta(minutes=30),
    )
    pair(home, "forgotten", **frozen, frozen_at=now - timedelta(days=8))
    pair(
        home, "in-order", **frozen, frozen_at=now, frozen_until=now + timedelta(days=1)
    )

    said = attention(text_of(home))

    assert "Freeze ends in 29 min" in said
    assert "forgotten" in said
    assert "in-order" not in said


def test_a_pair_that_somebody_moved_asks_frozen_or_not(home: Home) -> None:
    moved = {"desired_holder": "instance", "desired_instance_id": STANDBY}
    models.Pair.objects.update(**moved, drift_seen_at=1.0, frozen_at=wiring.now())

    said = attention(text_of(home))

    assert "Drifted" in said
    assert ">article</a>" in said


def test_pairs_are_counted_by_how_they_stand_each_once(home: Home) -> None:
    pair(home, "unready", **UNREADY)
    pair(home, "unasked", readiness_at=None)
    pair(home, "frozen", frozen_at=wiring.now())
    home.job(state="running")

    text = text_of(home)

    for count in (
        "<strong>1</strong> <span>Not ready</span>",
        "<strong>1</strong> <span>Not known</span>",
        "<strong>1</strong> <span>Frozen</span>",
        "<strong>1</strong> <span>Moving</span>",
    ):
        assert count in text
    assert "</strong> <span>Ready</span>" not in text


def test_running_jobs_show_their_progress_and_how_long_it_is_dark(home: Home) -> None:
    began = wiring.now() - timedelta(seconds=9)
    home.job(state="running", outage_started_at=began, first_intent_at=began)

    text = text_of(home)

    running = text[text.index('id="running"') : text.index('id="pairs"')]
    assert "Swap article to StandbyServer" in running
    assert 'class="progress"' in running
    assert "data-running-s" in running


def test_the_trend_is_a_chart_over_30_or_90_days_with_a_table(home: Home) -> None:
    began = wiring.now() - timedelta(days=60)
    home.job(
        state="succeeded",
        requested_at=began,
        outage_started_at=began,
        restored_at=began + timedelta(seconds=6),
        finished_at=began + timedelta(seconds=9),
    )

    month, quarter = text_of(home), text_of(home, "/?days=90")

    assert "No swap in 30 days." in month
    assert "1 swap in 90 days, dark for 6.0 s in all." in quarter
    assert 'class="bar-of is-succeeded' in quarter
    assert f'<th scope="row">{began:%Y-%m-%d}</th>' in quarter


def test_a_newcomer_is_led_from_region_to_pair(people: None) -> None:
    client = Client()
    client.force_login(models.User.objects.get(username="anna"), backend=BACKEND)
    first = client.get("/").content.decode()
    assert "Three steps to the first pair" in first
    assert 'href="/settings/accounts/">Add a region</a>' in first

    region = models.Region.objects.create(
        account=models.Account.objects.create(name="default"),
        name="eu-west-1",
        synced_at=wiring.now(),
        observed_at=wiring.now(),
    )

    third = client.get("/").content.decode()
    assert region.name in third
    assert 'href="/pairs/new/">Create a pair</a>' in third
    assert "Create the first pair" in third


def test_an_admin_adds_a_region_and_others_do_not(home: Home) -> None:
    form = {"account": "default", "region": "eu-central-1"}
    url = "/settings/accounts/add-region/"

    assert home.client("olaf").post(url, form).status_code == 403
    wrong = home.client("anna").post(url, {**form, "region": "mars"})
    added = home.client("anna").post(url, form)

    assert wrong.status_code == 422
    assert "such as eu-west-1" in wrong.content.decode()
    assert 'value="mars"' in wrong.content.decode()
    assert added.status_code == 302
    region = models.Region.objects.get(name="eu-central-1")
    assert region.sync_requested_at is not None
