"""What humans are told of a readiness that has changed."""

from django.test import Client

from failover import models, wiring
from failover.models import Pair
from failover.services import inventory, pairs, queries
from tests.services.moving import Console
from tests.services.readiness import readying
from tests.services.readiness.readying import HEALTH
from tests.services.world import OLGA, STANDBY


def stop_standby(console: Console, region: models.Region) -> None:
    console.ec2.stop_instances(InstanceIds=[STANDBY])
    inventory.sync(region)


def test_a_pair_that_ceases_to_be_ready_is_told_of_once(
    article: Pair, region: models.Region, console: Console
) -> None:
    readying.judge()
    assert readying.told() == []
    stop_standby(console, region)
    readying.judge_later(3)
    assert not readying.seen().ready

    for _ in range(4):
        readying.judge_later(61)

    assert readying.told() == ["not_ready"]
    (entry,) = models.AuditEntry.objects.filter(action="pair.readiness")
    assert entry.actor == "readiness"
    assert entry.after == {"ready": False, "failed": ["target_state"]}
    assert STANDBY in entry.reason
    assert readying.seen().since is not None


def test_a_verdict_that_does_not_last_is_not_told(
    article: Pair, region: models.Region, console: Console
) -> None:
    readying.judge()
    models.Instance.objects.filter(instance_id=STANDBY).update(
        state="stopping", changed_at=wiring.now()
    )
    readying.judge_later(3)
    assert not readying.seen().ready

    models.Instance.objects.filter(instance_id=STANDBY).update(
        state="running", changed_at=wiring.now()
    )
    readying.judge_later(3)
    readying.judge_later(61)

    assert readying.told() == []


def test_freezing_is_no_news_but_shows_at_once(article: Pair) -> None:
    readying.judge()
    pairs.freeze(pair=article, actor=OLGA, reason="patching", until=None)
    assert readying.failed() == {"frozen": "error"}
    assert Client().get(HEALTH).status_code == 503
    for _ in range(3):
        readying.judge_later(61)

    pairs.unfreeze(pair=queries.get_pair("article"), actor=OLGA)

    assert readying.seen().ready
    assert readying.told() == []
