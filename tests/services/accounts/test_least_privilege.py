"""The least policy of a pair: exactly its resources, and every call of its jobs."""

from typing import Any

import pytest

from failover import models
from failover.engine.job import Action
from failover.models import Pair
from failover.models.pairs import Strategy
from failover.services.accounts import least_privilege
from tests.project.test_policies import read_policies
from tests.services.moving import mover
from tests.services.world import ALLOCATION, FLOATING, PRIMARY, STANDBY

ACCOUNT = "123456789012"
COLUMNS: dict[str, dict[str, Any]] = {
    "eni": {"network_interface_id": FLOATING, "device_index": 1},
    "eip": {"allocation_id": ALLOCATION},
    "private-ip": {"private_ip": "20.0.1.25"},
    "route": {"destination_cidr": "10.9.0.0/16", "route_table_ids": ["rtb-1", "rtb-2"]},
}


@pytest.fixture(autouse=True)
def known_account(article: Pair) -> None:
    account = article.region.account
    account.aws_account_id = ACCOUNT
    account.save()
    # An Elastic IP that rides on the address of the strategy `private-ip`.
    own = models.NetworkInterface.objects.get(instance_id=PRIMARY, device_index=0)
    models.ElasticIp.objects.create(
        region=article.region,
        allocation_id="eipalloc-0000aaaa",
        public_ip="198.51.100.7",
        network_interface_id=own.interface_id,
        private_ip="20.0.1.25",
        observed_at=article.created_at,
        observed_began_at=0.0,
    )


def statements(pair: Pair) -> list[Any]:
    found = least_privilege.write_policy(pair).document["Statement"]
    return [s for s in found if s["Sid"] != "Look"]


def allowed(found: list[Any]) -> set[str]:
    return {action.removeprefix("ec2:") for s in found for action in s["Action"]}


@pytest.mark.parametrize("strategy", list(COLUMNS))
def test_the_policy_allows_what_a_job_of_the_strategy_calls_and_nothing_else(
    article: Pair, strategy: str
) -> None:
    pair = mover(article, strategy, **COLUMNS[strategy])

    calls = least_privilege.CALLS[strategy]
    assert allowed(statements(pair)) == {a.value for a in calls}


def test_together_the_strategies_make_every_call_that_the_engine_knows() -> None:
    calls = [a for s in Strategy for a in least_privilege.CALLS[s]]

    assert set(calls) == set(Action)


def test_an_interface_is_moved_between_exactly_two_instances(article: Pair) -> None:
    move, address = statements(article)

    start = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"
    assert set(move["Resource"]) == {
        f"{start}:network-interface/{FLOATING}",
        f"{start}:instance/{PRIMARY}",
        f"{start}:instance/{STANDBY}",
    }
    assert set(address["Resource"]) == {
        f"{start}:elastic-ip/{ALLOCATION}",
        f"{start}:network-interface/{FLOATING}",
    }


@pytest.mark.parametrize("strategy", list(COLUMNS))
def test_no_star_stands_for_a_resource_that_moves(article: Pair, strategy: str) -> None:
    pair = mover(article, strategy, **COLUMNS[strategy])

    arns = [arn for s in statements(pair) for arn in s["Resource"]]

    assert arns
    assert not [arn for arn in arns if "*" in arn]


def test_an_account_whose_number_is_unknown_is_a_star_and_said_to_be(
    article: Pair,
) -> None:
    models.Account.objects.update(aws_account_id="")
    pair = Pair.objects.select_related("region__account").get(pk=article.pk)

    policy = least_privilege.write_policy(pair)

    assert f"arn:aws:ec2:eu-west-1:*:instance/{PRIMARY}" in str(policy.document)
    assert any("number is not known" in note for note in policy.notes)


@pytest.mark.parametrize(
    ("place", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")],
)
def test_every_partition_has_its_own_arns(
    article: Pair, place: str, partition: str
) -> None:
    article.region.name = place

    arns = statements(article)[0]["Resource"]

    assert all(arn.startswith(f"arn:{partition}:ec2:{place}:") for arn in arns)


def test_it_reads_what_the_operating_guide_says_that_swapboard_reads() -> None:
    named = str(read_policies()[0])

    assert all(f"ec2:{name}" in named for name in least_privilege.READ)
