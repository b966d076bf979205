"""Pairs from tags and from YAML: proposed, judged, and made all or none."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from failover import models
from failover.services import access
from failover.services.pair_settings import Policy
from failover.services.people import users
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home

ENTRY = f"""pairs:
  - name: second
    region: eu-west-1
    strategy: eni
    primary_instance_id: {PRIMARY}
    standby_instance_id: {STANDBY}
    network_interface_id: {FLOATING}
    device_index: 1
    policy: {{confirm: reason, approval: false}}
"""


def tag(name: str = "second") -> None:
    for row, tags in (
        (
            models.Instance.objects.get(instance_id=PRIMARY),
            {"failover:role": "primary"},
        ),
        (
            models.Instance.objects.get(instance_id=STANDBY),
            {"failover:role": "standby"},
        ),
        (models.NetworkInterface.objects.get(interface_id=FLOATING), {}),
    ):
        row.tags = {"failover:pair": name, **tags}
        row.save()


def post(home: Home, path: str, **said: Any) -> Any:
    return home.client("anna").post(f"/pairs/new/{path}/", said)


def test_tags_propose_and_a_person_chooses(home: Home) -> None:
    tag()

    home.pair.delete()

    shown = home.client("anna").get("/pairs/new/from-tags/").content.decode()
    made = post(home, "from-tags", pair=f"{home.region.pk}/second")

    assert "Can be created" in shown
    assert made.status_code == 302, made.content.decode()
    assert models.Pair.objects.get().name == "second"


def test_tags_on_what_another_pair_moves_are_shown_with_the_reason(home: Home) -> None:
    tag()

    shown = home.client("anna").get("/pairs/new/from-tags/").content.decode()
    made = post(home, "from-tags", pair=f"{home.region.pk}/second")

    assert "Pair article moves it already." in shown
    assert made.status_code == 422
    assert models.Pair.objects.count() == 1


def test_tags_on_an_instance_without_room_say_what_its_creation_would_say(
    home: Home,
) -> None:
    home.pair.delete()
    tag()
    instance = models.Instance.objects.get(instance_id=PRIMARY)
    others = [i for i in instance.interfaces if i["id"] != FLOATING]
    models.Instance.objects.filter(pk=instance.pk).update(interface_limit=len(others))

    shown = home.client("anna").get("/pairs/new/from-tags/").content.decode()
    made = post(home, "from-tags", pair=f"{home.region.pk}/second")

    assert "Can be created" not in shown
    assert f"{PRIMARY} has {len(others)} of at most {len(others)}" in shown
    assert made.status_code == 422
    assert not models.Pair.objects.exists()


def test_half_a_set_of_tags_is_shown_with_what_it_lacks(home: Home) -> None:
    tag("<script>")
    shown = home.client("anna").get("/pairs/new/from-tags/").content.decode()
    tag()
    models.Instance.objects.filter(instance_id=STANDBY).update(tags={})
    lacking = home.client("anna").get("/pairs/new/from-tags/").content.decode()

    assert "is no name of a pair" in shown
    assert "<script>" not in shown.replace("<script src", "")
    assert "0 instances have failover:role = standby" in lacking


def test_nothing_chosen_is_said(home: Home) -> None:
    answer = post(home, "from-tags")

    assert answer.status_code == 422
    assert "Choose one pair at least" in answer.content.decode()


def test_yaml_makes_pairs_and_the_export_is_the_same_format(home: Home) -> None:
    home.pair.delete()

    answer = post(home, "from-yaml", text=ENTRY)

    assert answer.status_code == 302, answer.content.decode()
    pair = models.Pair.objects.get(name="second")
    assert (pair.device_index, pair.policy["confirm"]) == (1, "reason")
    exported = home.client("vera").get("/pairs/export.yaml").content.decode()
    models.Pair.objects.all().delete()
    again = post(home, "from-yaml", text=exported)
    assert again.status_code == 302, again.content.decode()
    assert home.client("vera").get("/pairs/export.yaml").content.decode() == exported


def test_what_yaml_does_not_say_is_as_rest_has_it(home: Home) -> None:
    home.pair.delete()
    brief = ENTRY[: ENTRY.index("    device_index")]

    made = post(home, "from-yaml", text=brief)

    assert made.status_code == 302, made.content.decode()
    assert models.Pair.objects.get().policy == Policy().as_fields()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pairs: [", "Line 1"),
        ("", "It is empty"),
        ("pairs:\n  - nane: x\n", "Line 2: “nane” is no field here."),
        (ENTRY.replace("eu-west-1", "mars-1"), "Line 3: region: no such region"),
        (ENTRY.replace(STANDBY, "i-x"), "Line 6: standby_instance_id: An id such as"),
        (ENTRY.replace(": 1\n", ": !!python/name:os.system 1\n"), "Line 8: One plain"),
        ("[" * 5000, "Line 1"),
        ("x" * (256 * 1024 + 1), "At most 256 KiB"),
    ],
)
def test_yaml_that_is_wrong_is_told_by_its_line_and_kept(
    home: Home, text: str, said: str
) -> None:
    answer = post(home, "from-yaml", text=text)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert models.Pair.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        # EC2 does not know it: seen before the first one is made.
        (STANDBY, "i-0000000000000000"),
        # The same interface twice: seen as the second one is made.
        ("", ""),
    ],
)
def test_one_bad_pair_keeps_all_others_out(home: Home, change: tuple[str, str]) -> None:
    home.pair.delete()
    other = ENTRY.removeprefix("pairs:\n").replace("second", "third")

    answer = post(home, "from-yaml", text=ENTRY + other.replace(*change))

    assert answer.status_code == 422
    assert "third: " in answer.content.decode()
    assert models.Pair.objects.count() == 0


def test_a_file_is_read_like_the_text(home: Home) -> None:
    file = SimpleUploadedFile("pairs.yaml", b"\xff\xfe\x00")

    answer = post(home, "from-yaml", file=file, text=ENTRY)

    assert answer.status_code == 422
    assert "not text in UTF-8" in answer.content.decode()


def test_only_admins_make_many(home: Home) -> None:
    for path in ("from-tags", "from-yaml", "at-once"):
        assert home.client("olaf").get(f"/pairs/new/{path}/").status_code == 403
    assert home.client("nils").get("/pairs/export.yaml").status_code == 403


def test_a_pair_is_made_only_where_one_is_admin(home: Home) -> None:
    """Adam sees the article's account and is admin of another one."""
    home.pair.delete()
    tag()
    adam = models.User.objects.create(username="adam", role="viewer")
    elsewhere = models.Account.objects.create(name="elsewhere")
    shell = access.Actor(name="shell", role="admin", trigger="cli")
    users.grant(
        actor=shell, user=adam, role="admin", scope="account", account=elsewhere
    )
    client = home.client("adam")
    region, moved = str(home.region.pk), {"network_interface_id": FLOATING}

    tags = client.get("/pairs/new/from-tags/").content.decode()
    page = client.get("/pairs/new/").content.decode()
    said = {"pair": f"{region}/second"}
    by_tags = client.post("/pairs/new/from-tags/", said)
    by_yaml = client.post("/pairs/new/from-yaml/", {"text": ENTRY})
    by_hand = client.post("/pairs/new/", {"region": region, **moved})

    assert "second" not in tags
    assert f'<option value="{region}"' not in page
    assert {by_tags.status_code, by_yaml.status_code, by_hand.status_code} == {422}
    assert "no such region" in by_yaml.content.decode()
    assert models.Pair.objects.count() == 0
