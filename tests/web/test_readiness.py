"""Readiness on the pages: with its age, since when, and wherever a pair stands."""

from datetime import timedelta

from failover import models, wiring
from failover.services.standing import News
from tests.web.conftest import PRIMARY, STANDBY, Home

STOPPED = {
    "code": "target_state",
    "ok": False,
    "severity": "error",
    "args": {"instance": STANDBY, "state": "stopped"},
}


def judged(*, name: str = "article", minutes_ago: float = 3.0) -> None:
    """The pair was found unready so long ago, and has just been judged again."""
    since = wiring.now() - timedelta(minutes=minutes_ago)
    models.Pair.objects.filter(name=name).update(
        readiness=[STOPPED],
        readiness_at=wiring.now() - timedelta(seconds=20),
        readiness_rests_on=wiring.now() - timedelta(seconds=40),
        readiness_news=News(is_ready=False, since=since.timestamp()).as_kept(),
    )


def test_the_page_of_a_pair_says_since_when_it_is_not_ready(home: Home) -> None:
    judged()

    text = home.client("vera").get("/pairs/article/").content.decode()

    assert "not ready since" in text
    assert "3 min ago" in text
    assert f"{STANDBY} is stopped. Start it" in text
    assert "/audit/?action=pair.readiness&amp;object=pair/article" in text


def test_the_table_of_pairs_shows_health_with_its_age(home: Home) -> None:
    judged()

    text = home.client("vera").get("/pairs/").content.decode()

    assert "Not ready" in text
    assert "20 s ago" in text


def test_an_old_verdict_is_not_ready_and_says_why(home: Home) -> None:
    long_ago = wiring.now() - timedelta(minutes=6)
    models.Pair.objects.update(readiness_at=long_ago, readiness_rests_on=long_ago)

    text = home.client("vera").get("/pairs/article/").content.decode()

    assert "Not ready" in text
    assert "Is the reconciler running?" in text


def test_a_pair_on_its_way_is_moving_and_no_trouble(home: Home) -> None:
    home.job(state="running")

    table = home.client("vera").get("/pairs/").content.decode()
    first = home.client("vera").get("/").content.decode()

    assert "Moving" in table
    assert "Not ready" not in table
    assert "Every pair is where it should be" in first


def test_home_names_a_pair_that_is_not_ready_wherever_it_is_in_the_list(
    home: Home,
) -> None:
    now = wiring.now()
    models.Pair.objects.bulk_create(
        models.Pair(
            name=f"a-{number:03}",
            region=home.region,
            strategy="eni",
            primary_instance_id=PRIMARY,
            standby_instance_id=STANDBY,
            network_interface_id=f"eni-{number:08x}",
            readiness_at=now,
            created_at=now,
        )
        for number in range(220)
    )
    models.Pair.objects.filter(name="article").update(name="zebra")
    judged(name="zebra")

    text = home.client("vera").get("/").content.decode()

    attention = text[text.index('id="attention"') : text.index('id="pairs"')]
    assert "zebra" in attention
    assert "Start it" in attention
