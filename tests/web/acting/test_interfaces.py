"""Interfaces on the console's pages: attached, guarded, kept or deleted."""

from failover import models
from failover.models import Job
from tests.web.acting.stage import SPARES, content
from tests.web.conftest import FLOATING, STANDBY, Home


def test_an_interface_is_attached_to_what_ec2_allows_and_the_others_say_why(
    home: Home,
) -> None:
    client = home.client("olaf")

    page = content(client.get(f"{SPARES}/attach/"))
    none = client.post(f"{SPARES}/attach/", {})

    possible, _, excluded = page.partition("It cannot be attached to these")
    assert "StandbyServer" in possible
    assert "PrimaryServer" not in possible
    assert "Takes the place of article, which could not be swapped to it" in possible
    # A t2.micro has two interfaces at most, and this one has them.
    assert "PrimaryServer" in excluded
    assert "of at most 2 interfaces" in excluded
    assert none.status_code == 422
    assert "Choose an instance." in content(none)
    key = {"key": "5f0c6f7e-6a0a-4a57-8f6d-0d3c3b0a9d12"}
    form = {**key, "instance_id": STANDBY}
    first = client.post(f"{SPARES}/attach/", form)
    again = client.post(f"{SPARES}/attach/", form)
    job = Job.objects.get()
    assert first["Location"] == again["Location"] == f"/jobs/{job.id}/"


def test_the_menu_of_an_interface_says_what_cannot_be_done_and_why(home: Home) -> None:
    text = content(home.client("olaf").get(f"/interfaces/{FLOATING}/"))
    viewer = content(home.client("vera").get(f"/interfaces/{FLOATING}/"))

    assert "Pair article moves it" in text
    assert "Needs the role admin." in text
    assert f"/interfaces/{FLOATING}/description/" in text
    assert f"/interfaces/{FLOATING}/description/" not in viewer
    assert "Needs the role operator." in viewer
    # Who goes to the form all the same is told so before filling it in.
    form = content(home.client("olaf").get(f"/interfaces/{FLOATING}/detach/"))
    assert "Pair article moves it" in form
    assert 'name="force"' not in form


def test_termination_behaviour_is_changed_but_not_under_a_pair(home: Home) -> None:
    client = home.client("olaf")
    own = models.NetworkInterface.objects.get(instance_id=STANDBY, device_index=0)
    path = f"/interfaces/{own.interface_id}/termination/"
    flag = {"delete_on_termination": "on"}

    client.post(path, {}, follow=True)
    own.refresh_from_db()
    was = own.delete_on_termination
    client.post(path, flag, follow=True)
    own.refresh_from_db()
    under_a_pair = client.post(f"/interfaces/{FLOATING}/termination/", flag)
    again = client.post(f"/interfaces/{FLOATING}/termination/", {}, follow=True)

    assert (was, own.delete_on_termination) == (False, True)
    assert under_a_pair.status_code == 409
    assert "It belongs to a pair" in content(under_a_pair)
    assert "nothing was sent to EC2" in content(again)
