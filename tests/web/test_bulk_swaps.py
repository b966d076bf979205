"""Many pairs at once: every plan is seen first, and all or none means it."""

import re

import pytest

from failover import models
from failover.services import access, bulk, pairs, refusals
from failover.services.judging import Swap
from tests.web.conftest import FLOATING, PRIMARY, SPARE, STANDBY, Home

ACTOR = access.Actor(name="olaf", role="operator", trigger="ui")


@pytest.fixture
def second(home: Home) -> models.Pair:
    """A pair whose swap no check lets through: it is frozen."""
    pair = models.Pair.objects.create(
        name="frozen",
        region=home.region,
        strategy="eni",
        primary_instance_id=PRIMARY,
        standby_instance_id=STANDBY,
        network_interface_id=SPARE,
        created_at=home.pair.created_at,
    )
    pairs.freeze(pair=pair, actor=ACTOR, reason="audit", until=None)
    return pair


def fields(text: str) -> dict[str, str]:
    return dict(
        re.findall(
            r'<input type="hidden" name="([a-z]+-[a-z]+)" value="([^"]*)">', text
        )
    )


def test_every_plan_is_shown_with_its_verdict_and_nothing_begins(
    home: Home, second: models.Pair
) -> None:
    ticked = {"table": "interfaces", "only": [FLOATING, SPARE, "eni-nobodys"]}

    answer = home.client("olaf").post("/swaps/", ticked)

    text = answer.content.decode()
    assert "1 of 2 can be swapped now" in text
    assert "1 selected row belongs to no pair" in text
    assert 'data-copy="aws ec2 detach-network-interface' in text
    assert "frozen" in text
    assert fields(text)["plan-article"]
    assert not models.Job.objects.exists()


def test_all_or_none_begins_none_where_one_cannot(
    home: Home, second: models.Pair
) -> None:
    said = {"pair": ["article", "frozen"], "confirmed": "1"}
    olaf = home.client("olaf")

    refused = olaf.post("/swaps/", {**said, "all_or_none": "1"})

    assert refused.status_code == 422
    assert "None was started" in refused.content.decode()
    assert not models.Job.objects.exists()
    done = olaf.post("/swaps/", said)
    job = models.Job.objects.get()
    assert done["Location"] == f"/jobs/{job.id}/"
    assert job.pair_name == "article"


def test_a_plan_that_has_changed_begins_nothing(home: Home) -> None:
    shown = {"article": Swap(plan_hash="another", expected_active=PRIMARY)}

    with pytest.raises(refusals.NotAll) as refused:
        bulk.request_many(pairs=[home.pair], actor=ACTOR, shown=shown, all_or_none=True)

    assert isinstance(refused.value.refused[0][1], refusals.Changed)
    assert not models.Job.objects.exists()


def test_a_pair_that_asks_for_its_name_is_not_swapped_without(home: Home) -> None:
    home.pair.policy = {**home.pair.policy, "confirm": "name"}
    home.pair.save()
    said = {"pair": "article", "confirmed": "1", "reason": "patching"}
    olaf = home.client("olaf")

    refused = olaf.post("/swaps/", said)
    done = olaf.post("/swaps/", {**said, "name-article": "article"})

    assert refused.status_code == 422
    assert "Type article to confirm." in refused.content.decode()
    assert done.status_code == 302
    assert models.Job.objects.get().reason == "patching"


def test_a_pair_that_wants_a_second_person_says_so_and_holds_up_all_or_none(
    home: Home,
) -> None:
    home.pair.policy = {**home.pair.policy, "approval": True}
    home.pair.save()
    models.User.objects.create(username="paul", role="approver")
    olaf, said = home.client("olaf"), {"pair": "article"}

    shown = olaf.post("/swaps/", said).content.decode()
    assert "0 of 1 can be swapped now" in shown
    assert "Needs consent" in shown
    assert "second person’s consent" in shown
    assert not models.Approval.objects.exists()

    confirmed = {**said, **fields(shown), "confirmed": "1", "all_or_none": "1"}
    refused = olaf.post("/swaps/", confirmed)
    asked = models.Approval.objects.get()
    assert refused.status_code == 422
    assert "None was started" in refused.content.decode()
    assert str(asked.id) in refused.content.decode()
    assert not models.Job.objects.exists()

    home.client("paul").post(
        f"/api/v1/approvals/{asked.id}/approve/", {}, "application/json"
    )
    ready = olaf.post("/swaps/", said).content.decode()
    assert "1 of 1 can be swapped now" in ready
    assert olaf.post("/swaps/", {**confirmed, **fields(ready)}).status_code == 302
    assert models.Job.objects.get().requested_by == "olaf"


def test_nothing_ticked_and_viewers_get_no_plan(home: Home) -> None:
    nothing = home.client("olaf").post("/swaps/", {"table": "interfaces"})

    assert nothing["Location"] == "/interfaces/"
    assert home.client("vera").post("/swaps/", {"pair": "article"}).status_code == 403
