"""Consent under contention, on both databases: decided once, used once."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.test import Client

from failover import wiring
from failover.models import Approval, Job, User
from failover.services import pairs, queries, regions
from tests import at_once
from tests.services.world import ARTICLE, REGION, SHELL, Sim

JSON = "application/json"
SWAP = "/api/v1/pairs/article/swap/"


@pytest.fixture
def approval_id(database: str, sim: Sim) -> Iterator[str]:
    """Olga has asked for a swap that wants a second person."""
    wiring.end()
    region = regions.add(region=REGION, actor=SHELL)
    pairs.create(new=ARTICLE, region=region, actor=SHELL)
    change = pairs.PairChange(policy={"approval": True})
    pairs.update(pair=queries.get_pair("article"), change=change, actor=SHELL)
    for name, role in (("olga", "operator"), ("alma", "approver"), ("ada", "admin")):
        User.objects.create(username=name, role=role)
    yield client("olga").post(SWAP, {"reason": "r"}, JSON).json()["approval"]
    wiring.end()


def client(name: str) -> Client:
    signed_in = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    signed_in.force_login(User.objects.get(username=name), backend=backend)
    return signed_in


def test_two_who_decide_at_once_decide_one_thing(approval_id: str) -> None:
    alma, ada = client("alma"), client("ada")
    path = f"/api/v1/approvals/{approval_id}"

    answers = at_once.run(
        lambda: alma.post(f"{path}/approve/", {"comment": "yes"}, JSON),
        lambda: ada.post(f"{path}/deny/", {"comment": "no"}, JSON),
    )

    assert sorted(a.status_code for a in answers) == [200, 409]
    (won,) = (a.json() for a in answers if a.status_code == 200)
    row = Approval.objects.get()
    assert row.state == won["state"]
    assert row.comment == {"approved": "yes", "denied": "no"}[row.state]


def test_a_consent_that_many_use_at_once_is_used_once(approval_id: str) -> None:
    approve = f"/api/v1/approvals/{approval_id}/approve/"
    assert client("alma").post(approve, {}, JSON).status_code == 200
    tabs = [client("olga") for _ in range(6)]

    answers = at_once.run(*(partial(t.post, SWAP, {"reason": "r"}, JSON) for t in tabs))

    begun = [a.json()["id"] for a in answers if a.status_code == 202]
    assert begun == [str(Job.objects.get().id)]
    row = Approval.objects.get(id=approval_id)
    assert (row.state, [str(row.job_id)]) == ("used", begun)
    refused = [a for a in answers if a.status_code != 202]
    assert {a.status_code for a in refused} <= {403, 409}
