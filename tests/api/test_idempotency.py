"""One key, one answer."""

import uuid

import pytest

from failover.models import IdempotencyRecord, Job
from tests.api.asking import Ask
from tests.services.world import PRIMARY, STANDBY, finish

pytestmark = pytest.mark.usefixtures("article")


def test_the_same_key_gives_the_same_bytes_and_one_job(olga: Ask) -> None:
    ask = {"to": STANDBY, "expected_active": PRIMARY}
    key = {"Idempotency-Key": str(uuid.uuid4())}

    first = olga("POST", "pairs/article/swap", ask, **key)
    finish(Job.objects.get(id=first.json()["id"]))
    again = olga("POST", "pairs/article/swap/", ask, **key)
    other = olga("POST", "pairs/article/swap", {"to": PRIMARY}, **key)

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first["Location"] == again["Location"]
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Job.objects.count() == 1


def test_a_refusal_is_kept_under_its_key_too(olga: Ask) -> None:
    key = {"Idempotency-Key": "k1"}

    refused = olga("POST", "pairs/article/swap", {"to": PRIMARY}, **key)
    again = olga("POST", "pairs/article/swap", {"to": PRIMARY}, **key)

    assert refused.status_code == again.status_code == 409
    assert refused.json() == again.json()
    assert refused.json()["code"] == "already_there"
    assert IdempotencyRecord.objects.count() == 1
