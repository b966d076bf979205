"""The page of a pair: the picture in every state, history, settings, its end."""

import re
from datetime import timedelta

import pytest

from failover import models, wiring
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home

PAGE = "/pairs/article/"


def text_of(home: Home, path: str = PAGE, who: str = "olaf") -> str:
    answer = home.client(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def at(instance_id: str, status: str = "attached") -> None:
    """The mirror saw the floating interface there."""
    models.NetworkInterface.objects.filter(interface_id=FLOATING).update(
        instance_id=instance_id, attachment_status=status if instance_id else ""
    )


def picture(text: str) -> tuple[str, str]:
    """The state of the picture, and where its card is."""
    state = re.search(r'id="topology-picture" data-state="(\w+)"', text)
    place = re.search(r'class="card-group ([\w-]+)"', text)
    assert state
    assert place
    return state.group(1), place.group(1)


def swapped(home: Home, *, days_ago: float, outage_s: float, **columns: object) -> None:
    began = wiring.now() - timedelta(days=days_ago)
    home.job(
        **{
            "state": "succeeded",
            "why": "done",
            "requested_at": began,
            "outage_started_at": began,
            "restored_at": began + timedelta(seconds=outage_s),
            "finished_at": began + timedelta(seconds=outage_s + 5),
            **columns,
        }
    )


def test_the_picture_moves_with_the_job_and_its_list_says_the_same(home: Home) -> None:
    assert picture(text_of(home)) == ("still", "at-primary")
    job = home.job(state="running")
    assert picture(text_of(home)) == ("leaving", "at-primary")

    at("")
    dark = text_of(home)
    assert picture(dark) == ("dark", "between")
    assert "is attached to neither instance now; it is on its way to Standby" in dark

    at(STANDBY)
    assert picture(text_of(home)) == ("arriving", "at-standby")
    models.Job.objects.filter(id=job.id).update(
        state="succeeded", finished_at=wiring.now()
    )
    arrived = text_of(home)
    assert picture(arrived) == ("still", "at-standby")
    assert "a swap moves it to PrimaryServer" in arrived


def test_what_lies_free_without_a_job_is_drawn_between(home: Home) -> None:
    at("")

    assert picture(text_of(home)) == ("free", "between")


def test_the_picture_holds_vpc_zone_subnet_and_every_address(home: Home) -> None:
    text = text_of(home)

    for drawn in ("VPC vpc-dbf9cdbc", "Zone eu-west-1a", "SubnetA · subnet-40043409"):
        assert f">{drawn}" in text
    assert ">127.31.58.118</text>" in text
    assert "<li>Private address 20.0.1.25, with Elastic IP 127.31.58.118.</li>" in text
    assert " style=" not in text


def test_two_zones_are_two_frames(home: Home) -> None:
    models.Instance.objects.filter(instance_id=STANDBY).update(
        availability_zone="eu-west-1b", subnet_id="subnet-other"
    )

    text = text_of(home)

    assert text.count('class="zone"') == text.count('class="subnet"') == 2
    assert "Zone eu-west-1b" in text


def test_a_change_is_announced_once_and_a_rest_is_not(home: Home) -> None:
    client = home.client("olaf", htmx=True)

    same = client.get(f"{PAGE}?said=still").content.decode()
    home.job(state="running")
    changed = client.get(f"{PAGE}?said=still").content.decode()

    assert 'id="announce"' not in same
    assert 'id="announce"' in changed
    assert 'hx-trigger="every 1s"' in changed


def test_history_has_the_outages_as_a_chart_and_as_a_table(home: Home) -> None:
    for number in range(20):
        swapped(home, days_ago=20 - number, outage_s=1.0 + number)
    swapped(home, days_ago=0, outage_s=90, state="reversed", why="")

    text = text_of(home, f"{PAGE}history/")

    assert text.count('class="bar-of is-succeeded') == 20
    assert text.count('class="bar-of is-reversed') == 1
    # 1 to 20 seconds: the middle, and by nearest rank the nineteenth.
    assert ">10.5 s</dd>" in text
    assert ">19.0 s</dd>" in text
    assert "<td" in text
    assert "1 min 30 s" in text


def test_an_end_that_was_not_swapped_to_for_90_days_is_unproven(home: Home) -> None:
    swapped(home, days_ago=91, outage_s=5)
    swapped(home, days_ago=3, outage_s=5, to_instance_id=PRIMARY)

    text = text_of(home, f"{PAGE}history/")

    assert "Over 90 days ago" in text
    assert "Proven" in text
    assert "swapped to is a hope" in text


def test_a_pair_without_history_says_what_a_drill_is_for(home: Home) -> None:
    text = text_of(home, f"{PAGE}history/")

    assert text.count("Never proven") == 2
    assert "A swap in quiet times" in text


def test_a_reversed_job_waits_to_be_acknowledged_with_a_comment(home: Home) -> None:
    swapped(home, days_ago=0.1, outage_s=5, state="reversed", why="")
    client = home.client("olaf")
    assert "Acknowledge the last job" in text_of(home)
    assert "Acknowledge the last job" not in text_of(home, who="vera")

    assert client.post(f"{PAGE}acknowledge/", {"comment": ""}).status_code == 422
    client.post(f"{PAGE}acknowledge/", {"comment": "limit raised"})

    assert "Acknowledge the last job" not in text_of(home)
    row = models.AuditEntry.objects.get(action="pair.acknowledge", outcome="ok")
    assert row.reason == "limit raised"


def test_a_freeze_ends_in_the_zone_of_who_asks_and_not_in_the_past(home: Home) -> None:
    models.User.objects.update(time_zone="Asia/Kathmandu")
    client = home.client("olaf")
    form = {"reason": "racks", "until": "2099-01-01T12:00"}

    past = client.post(f"{PAGE}freeze/", {**form, "until": "2020-01-01T12:00"})
    client.post(f"{PAGE}freeze/", form)

    assert past.status_code == 422
    assert "passed already" in past.content.decode()
    home.pair.refresh_from_db()
    assert home.pair.frozen_until is not None
    assert f"{home.pair.frozen_until:%H:%M}" == "06:15"
    assert "2099-01-01 12:00:00 UTC+05:45" in text_of(home)


def settings_of(home: Home) -> dict[str, str]:
    text = text_of(home, f"{PAGE}settings/", "anna")
    version = re.search(r'name="version" value="([^"]*)"', text)
    assert version
    return {
        "version": version.group(1).replace("&quot;", '"'),
        "primary_instance_id": PRIMARY,
        "standby_instance_id": STANDBY,
        "device_index": "1",
        "probe_kind": "none",
        "probe_port": "8080",
        "probe_path": "/",
        "confirm": "reason",
        "force": "after",
        "force_after_s": "30",
    }


def test_an_admin_changes_settings_and_an_older_form_is_told_so(home: Home) -> None:
    form = settings_of(home)
    client = home.client("anna")

    saved = client.post(f"{PAGE}settings/", form)
    late = client.post(f"{PAGE}settings/", {**form, "confirm": "none"})

    home.pair.refresh_from_db()
    assert saved.status_code == 302
    assert home.pair.policy["confirm"] == "reason"
    assert home.pair.policy["force_after_s"] == 30.0
    assert home.pair.probe["port"] == 8080
    assert late.status_code == 412
    assert "has changed since you looked" in late.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("standby_instance_id", PRIMARY, "must differ"),
        ("standby_instance_id", "i-<script>", "An id such as"),
        ("device_index", "0", "never moves a primary interface"),
        ("probe_path", "index", "beginning with a slash"),
        ("force_after_s", "0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_is_said_at_its_field(
    home: Home, field: str, value: str, said: str
) -> None:
    answer = home.client("anna").post(
        f"{PAGE}settings/", {**settings_of(home), field: value}
    )

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_who_is_no_admin_sees_settings_and_changes_none(home: Home) -> None:
    text = text_of(home, f"{PAGE}settings/")

    assert "<fieldset" in text
    assert "disabled" in text
    assert "/delete/" not in text
    form = settings_of(home)
    assert home.client("olaf").post(f"{PAGE}settings/", form).status_code == 403
    assert home.client("olaf").post(f"{PAGE}delete/").status_code == 403


def test_a_pair_is_deleted_once_its_name_was_typed(home: Home) -> None:
    client = home.client("anna")

    wrong = client.post(f"{PAGE}delete/", {"typed_name": "artikel"})
    right = client.post(f"{PAGE}delete/", {"typed_name": "article"})

    assert wrong.status_code == 422
    assert "not the name of this pair" in wrong.content.decode()
    assert right["Location"] == "/pairs/"
    assert not models.Pair.objects.exists()
