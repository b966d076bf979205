"""The wizard: five pages, a draft that loses nothing, and a pair at the end."""

from typing import Any

import pytest

from failover import models
from tests.web.conftest import FLOATING, PRIMARY, SPARE, STANDBY, Home

WHAT = {"strategy": "eni", "network_interface_id": SPARE}
WHO = {"primary_instance_id": PRIMARY, "standby_instance_id": STANDBY}
POLICY = {"device_index": "1", "confirm": "reason", "force": "after"}
PROBE = {"probe_kind": "none", "probe_path": "/"}
HOSTILE = '"><script>alert(1)</script>{{ 7 }}'


def begin(home: Home, **said: str) -> str:
    """Answer the first page; the address of the draft."""
    form = {**WHAT, "region": str(home.region.pk), **said}
    home.client("anna").post("/pairs/new/", form)
    return f"/pairs/new/{models.PairDraft.objects.get().pk}"


def post(home: Home, path: str, **said: str) -> Any:
    return home.client("anna").post(path, said)


def text(home: Home, path: str) -> str:
    return home.client("anna").get(path).content.decode()


def test_five_pages_make_a_pair_and_lead_to_its_guests(home: Home) -> None:
    home.pair.delete()
    draft = begin(home, network_interface_id=FLOATING)
    assert post(home, f"{draft}/who/", **WHO)["Location"] == f"{draft}/policy/"
    assert post(home, f"{draft}/policy/", **POLICY)["Location"] == f"{draft}/probe/"
    assert post(home, f"{draft}/probe/", **PROBE)["Location"] == f"{draft}/review/"

    review = text(home, f"{draft}/review/")
    made = post(home, f"{draft}/review/", name="second")

    assert 'data-copy="aws ec2 attach-network-interface' in review
    assert "DryRun" in review
    assert "The role may make DetachNetworkInterface" in review
    assert "The role may make AttachNetworkInterface" in review
    assert made["Location"] == "/pairs/second/guest/?created"
    pair = models.Pair.objects.get(name="second")
    assert (pair.network_interface_id, pair.device_index) == (FLOATING, 1)
    assert (pair.policy["confirm"], pair.policy["force"]) == ("reason", "after")
    assert models.PairDraft.objects.count() == 0


def test_bad_input_is_said_at_its_field_and_is_not_lost(home: Home) -> None:
    draft = begin(home)

    answer = post(home, f"{draft}/who/", primary_instance_id="i-nonsense")

    assert answer.status_code == 422
    assert "An id such as" in answer.content.decode()
    assert "Name" not in answer.content.decode().split("field-error")[1][:200]
    assert 'value="i-nonsense"' in text(home, f"{draft}/who/")


def test_back_keeps_what_was_typed_right_or_wrong(home: Home) -> None:
    draft = begin(home)

    back = post(home, f"{draft}/policy/", device_index="x", go="back")

    assert back["Location"] == f"{draft}/who/"
    assert 'value="x"' in text(home, f"{draft}/policy/")


def test_the_review_leads_to_the_first_page_that_is_not_in_order(home: Home) -> None:
    draft = begin(home)

    answer = home.client("anna").get(f"{draft}/review/")

    assert answer["Location"] == f"{draft}/who/"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"network_interface_id": FLOATING}, "Pair article moves it already."),
        ({"network_interface_id": "eni-7233ff43"}, "EC2 never moves the primary"),
        ({"strategy": "eip", "allocation_id": "eipalloc-4f07e372"}, "moves along with"),
    ],
)
def test_what_cannot_be_used_is_shown_and_refused_with_its_reason(
    home: Home, said: dict[str, str], why: str
) -> None:
    form = {**WHAT, "region": str(home.region.pk), **said}

    page = text(home, "/pairs/new/")
    answer = post(home, "/pairs/new/", **form)

    assert why in page
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_an_instance_of_another_zone_is_excluded_with_the_reason(home: Home) -> None:
    models.Instance.objects.filter(instance_id=STANDBY).update(
        availability_zone="eu-west-1b"
    )
    draft = begin(home)

    page = text(home, f"{draft}/who/")
    answer = post(home, f"{draft}/who/", **WHO)

    assert "It is in zone eu-west-1b, the interface in eu-west-1a." in page
    assert answer.status_code == 422
    assert "zone eu-west-1b" in answer.content.decode()


def test_drafts_are_listed_gone_on_with_and_discarded(home: Home) -> None:
    draft = begin(home)

    listed = text(home, "/pairs/new/")
    post(home, f"{draft}/discard/")

    assert f'href="{draft}/review/"' in listed
    assert models.PairDraft.objects.count() == 0
    assert f'href="{draft}/review/"' not in text(home, "/pairs/new/")


def test_a_draft_is_nobody_elses(home: Home) -> None:
    draft = begin(home)
    models.User.objects.create(username="adam", role="admin")

    adam = home.client("adam")

    assert adam.get(f"{draft}/who/").status_code == 404
    assert adam.post(f"{draft}/discard/").status_code == 404
    assert home.client("olaf").get(f"{draft}/who/").status_code == 403
    assert draft not in adam.get("/pairs/new/").content.decode()
    assert text(home, f"{draft}/who/")


def test_a_selection_in_a_table_answers_the_first_page(home: Home) -> None:
    page = text(home, f"/pairs/new/?interface={SPARE}")

    assert f'value="{SPARE}"' in page
    assert models.PairDraft.objects.count() == 0


def test_rows_that_are_ticked_fill_the_pages(home: Home) -> None:
    both = {"table": "instances", "only": [PRIMARY, STANDBY]}
    answer = home.client("anna").post("/pairs/new/from-selection/", both)
    begun = {**WHAT, "region": str(home.region.pk)}
    home.client("anna").post(answer["Location"], begun)
    draft = models.PairDraft.objects.get()
    too_many = {"table": "interfaces", "only": [SPARE, FLOATING]}

    who = text(home, f"/pairs/new/{draft.pk}/who/")
    refused = home.client("anna").post("/pairs/new/from-selection/", too_many)

    assert f'value="{PRIMARY}"' in who
    assert f'value="{STANDBY}"' in who
    assert refused["Location"] == "/interfaces/"
    assert 'formaction="/pairs/new/from-selection/"' in text(home, "/interfaces/")
    olaf = home.client("olaf").get("/interfaces/").content.decode()
    assert "from-selection" not in olaf


def test_pages_of_things_lead_to_the_wizard(home: Home) -> None:
    assert f"/pairs/new/?interface={SPARE}" in text(home, f"/interfaces/{SPARE}/")
    assert f"/pairs/new/?instance={PRIMARY}" in text(home, f"/instances/{PRIMARY}/")
    assert "already." in text(home, f"/interfaces/{FLOATING}/")
    given = text(home, "/pairs/new/?elastic_ip=eipalloc-4f07e372")
    assert 'value="eipalloc-4f07e372"' in given


def test_a_probe_without_its_port_is_asked_for_it(home: Home) -> None:
    draft = begin(home)

    answer = post(home, f"{draft}/probe/", probe_kind="tcp")

    assert answer.status_code == 422
    assert "A TCP probe needs a port." in answer.content.decode()


def test_hostile_names_and_answers_stay_text(home: Home) -> None:
    models.NetworkInterface.objects.update(name=HOSTILE, description=HOSTILE)
    models.Instance.objects.update(name=HOSTILE)
    draft = begin(home, private_ip=HOSTILE)
    post(home, f"{draft}/probe/", probe_expect=HOSTILE)

    pages = [text(home, f"{draft}/{s}/") for s in ("what", "who", "policy", "probe")]

    assert "<script>alert" not in "".join([*pages, text(home, "/pairs/new/")])
