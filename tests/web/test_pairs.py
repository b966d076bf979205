"""Pairs and plain moves: create, freeze, adopt, put back, attach, detach."""

import pytest

from failover import models, wiring
from tests.web.conftest import FLOATING, PRIMARY, SPARE, STANDBY, Home

NEW = {
    "name": "second",
    "network_interface_id": SPARE,
    "primary_instance_id": PRIMARY,
    "standby_instance_id": STANDBY,
    "device_index": "2",
    "confirm": "reason",
}


def test_the_picture_is_also_a_sentence(home: Home) -> None:
    text = home.client("vera").get("/pairs/article/").content.decode()

    assert "<svg" in text
    assert f"Network interface {FLOATING} is attached to PrimaryServer" in text


def test_a_viewer_sees_the_pair_without_its_forms(home: Home) -> None:
    text = home.client("vera").get("/pairs/article/").content.decode()

    assert "/freeze/" not in text
    assert "Needs the role operator" in text


def test_freezing_shows_who_and_why_and_can_be_lifted(home: Home) -> None:
    client = home.client("olaf")

    client.post("/pairs/article/freeze/", {"reason": "kernel patching"})
    frozen = client.get("/pairs/article/").content.decode()
    client.post("/pairs/article/unfreeze/")
    thawed = client.get("/pairs/article/").content.decode()

    assert "Frozen</strong> by <bdi>olaf</bdi>" in frozen
    assert "kernel patching" in frozen
    assert "Frozen</strong>" not in thawed


def test_freezing_asks_for_a_reason(home: Home) -> None:
    answer = home.client("olaf").post("/pairs/article/freeze/", {"reason": ""})

    assert answer.status_code == 422
    home.pair.refresh_from_db()
    assert home.pair.frozen_at is None


def drift(home: Home) -> None:
    models.Pair.objects.update(
        desired_instance_id=STANDBY, settled_at=0, drift_seen_at=1.0
    )
    models.NetworkInterface.objects.update(
        observed_began_at=wiring.clock().now(), observed_at=wiring.now()
    )


def test_drift_offers_to_adopt_or_to_put_back(home: Home) -> None:
    drift(home)

    text = home.client("olaf").get("/pairs/article/").content.decode()

    assert "Drifted" in text
    assert "it should be at StandbyServer" in text
    assert "/adopt/" in text
    assert "/put-back/" in text


def test_adopting_takes_what_is(home: Home) -> None:
    drift(home)

    home.client("olaf").post("/pairs/article/adopt/")

    home.pair.refresh_from_db()
    assert home.pair.desired_instance_id == PRIMARY


def test_putting_back_starts_a_job(home: Home) -> None:
    drift(home)

    answer = home.client("olaf").post("/pairs/article/put-back/")

    job = models.Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.id}/"
    assert job.to_instance_id == STANDBY


@pytest.mark.parametrize("action", ["freeze", "unfreeze", "adopt", "put-back"])
def test_a_viewer_changes_nothing(home: Home, action: str) -> None:
    answer = home.client("vera").post(f"/pairs/article/{action}/", {"reason": "x"})

    assert answer.status_code == 403


@pytest.mark.parametrize("action", ["freeze", "unfreeze", "adopt", "put-back"])
def test_changes_are_posts(home: Home, action: str) -> None:
    assert home.client("anna").get(f"/pairs/article/{action}/").status_code == 405


def test_only_an_admin_creates_pairs(home: Home) -> None:
    assert home.client("olaf").get("/pairs/new/").status_code == 403
    assert home.client("olaf").post("/pairs/new/", NEW).status_code == 403
    assert home.client("olaf").post("/pairs/new/at-once/", NEW).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "new"),
        ("name", "Has Space"),
        ("standby_instance_id", PRIMARY),
        ("network_interface_id", "eni-<script>"),
        ("device_index", "0"),
        ("device_index", "x"),
        ("region", "99"),
    ],
)
def test_a_pair_that_cannot_be_read_is_a_form_error(
    home: Home, field: str, value: str
) -> None:
    form = {**NEW, "region": str(home.region.pk), field: value}

    answer = home.client("anna").post("/pairs/new/at-once/", form)

    assert answer.status_code == 422
    assert 'class="field-error"' in answer.content.decode()
    assert models.Pair.objects.count() == 1


def test_a_pair_that_can_never_work_is_refused_in_words(home: Home) -> None:
    form = {**NEW, "region": str(home.region.pk), "network_interface_id": FLOATING}

    answer = home.client("anna").post("/pairs/new/at-once/", form)

    assert answer.status_code in (409, 422)
    assert 'role="alert"' in answer.content.decode()
    assert models.Pair.objects.count() == 1


def test_detaching_a_pairs_interface_is_refused(home: Home) -> None:
    answer = home.client("olaf").post(f"/interfaces/{FLOATING}/detach/")

    assert answer.status_code == 409
    assert models.Job.objects.count() == 0


def test_a_free_interface_is_attached_by_a_job(home: Home) -> None:
    models.Pair.objects.all().delete()
    client = home.client("olaf")

    detached = client.post(f"/interfaces/{FLOATING}/detach/")

    job = models.Job.objects.get()
    assert detached["Location"] == f"/jobs/{job.id}/"
    assert (job.kind, job.from_instance_id) == ("detach", PRIMARY)


def test_a_page_says_why_an_interface_cannot_be_detached(home: Home) -> None:
    primary = models.NetworkInterface.objects.filter(device_index=0).first()
    assert primary is not None

    text = home.client("olaf").get(f"/interfaces/{primary.interface_id}/")

    assert "primary interface, which EC2 never detaches" in text.content.decode()


def test_the_probe_of_a_pair_is_tried_from_its_page(home: Home) -> None:
    without = home.client("olaf").get("/pairs/article/").content.decode()
    probe = {"kind": "tcp", "port": 443, "path": "/", "expect": ""}
    models.Pair.objects.update(probe=probe)
    client = home.client("olaf")

    page = client.get("/pairs/article/").content.decode()
    said = client.post("/pairs/article/probe/", follow=True).content.decode()

    assert "/probe/" not in without
    assert "Try the probe now" in page
    # The tests' own policy: the simulator's addresses are this machine's.
    assert "that address may not be probed (see PROBE_ALLOW_NETS)" in said
    assert models.AuditEntry.objects.filter(action="pair.probe").exists()
