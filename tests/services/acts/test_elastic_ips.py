"""An Elastic IP is allocated, associated, disassociated and released."""

from collections.abc import Callable
from typing import Any

import pytest

from failover import models
from failover.models import Pair
from failover.services import queries, refusals
from failover.services.acts import elastic_ips, interfaces, tagging
from tests.services.acts import stage
from tests.services.world import ALLOCATION, FLOATING, OLGA, STANDBY, Sim


def allocate(region: models.Region, **more: object) -> str:
    row = elastic_ips.allocate(
        region=region,
        actor=OLGA,
        **more,  # type: ignore[arg-type]
    )
    return str(row.made[0])


def test_the_life_of_an_elastic_ip(region: models.Region, sim: Sim) -> None:
    allocation = allocate(region, tags={"Name": "spare"})
    assert queries.get_elastic_ip(allocation).name == "spare"

    # An instance is its primary interface, unless an address says otherwise.
    elastic_ips.associate(
        region=region, allocation_id=allocation, actor=OLGA, instance_id=STANDBY
    )
    shown = queries.get_elastic_ip(allocation)
    assert shown.instance_id == STANDBY
    assert queries.get_instance(STANDBY).public_ip == shown.public_ip
    with pytest.raises(refusals.AlreadyThere):
        elastic_ips.associate(
            region=region, allocation_id=allocation, actor=OLGA, instance_id=STANDBY
        )
    with pytest.raises(refusals.Held) as held:
        elastic_ips.release(region=region, allocation_id=allocation, actor=OLGA)
    assert held.value.code == "in_use"

    elastic_ips.disassociate(region=region, allocation_id=allocation, actor=OLGA)
    assert queries.get_elastic_ip(allocation).association_id == ""
    with pytest.raises(refusals.AlreadyThere):
        elastic_ips.disassociate(region=region, allocation_id=allocation, actor=OLGA)
    tagging.replace(
        region=region, resource_id=allocation, tags={"Name": "x"}, actor=OLGA
    )
    assert queries.get_elastic_ip(allocation).name == "x"

    elastic_ips.release(region=region, allocation_id=allocation, actor=OLGA)
    with pytest.raises(refusals.NotFound):
        queries.get_elastic_ip(allocation)
    assert allocation not in sim.state()["addresses"]


def test_an_address_in_use_moves_only_where_that_is_allowed(
    region: models.Region,
) -> None:
    allocation = allocate(region)
    subnet = stage.subnet_of(region)
    first, second = (
        str(
            interfaces.create(
                region=region, subnet_id=subnet.subnet_id, actor=OLGA
            ).made[0]
        )
        for _ in range(2)
    )
    elastic_ips.associate(
        region=region,
        allocation_id=allocation,
        actor=OLGA,
        network_interface_id=first,
    )

    with pytest.raises(refusals.Ec2Said) as refused:
        elastic_ips.associate(
            region=region,
            allocation_id=allocation,
            actor=OLGA,
            network_interface_id=second,
        )
    problem = refused.value.as_problem()
    assert (problem["status"], problem["code"]) == (409, "in_use")
    assert problem["ec2_code"] == "Resource.AlreadyAssociated"

    elastic_ips.associate(
        region=region,
        allocation_id=allocation,
        actor=OLGA,
        network_interface_id=second,
        allow_reassociation=True,
    )
    assert queries.get_elastic_ip(allocation).network_interface_id == second
    # Both ends show it at once.
    assert queries.get_interface(first).public_ip == ""
    assert queries.get_interface(second).public_ip != ""


def test_where_it_shall_go_is_checked_at_the_field(region: models.Region) -> None:
    allocation = allocate(region)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("network_interface_id", {}),
        (
            "network_interface_id",
            {"network_interface_id": FLOATING, "instance_id": STANDBY},
        ),
        (
            "private_ip",
            {"network_interface_id": FLOATING, "private_ip": "10.0.9.9"},
        ),
        ("private_ip", {"instance_id": STANDBY, "private_ip": "10.0.9.9"}),
    ]
    for field, ask in asked:
        with pytest.raises(refusals.Invalid) as refused:
            elastic_ips.associate(
                region=region, allocation_id=allocation, actor=OLGA, **ask
            )
        assert list(refused.value.errors) == [field]


def test_a_pairs_elastic_ip_is_protected(article: Pair, sim: Sim) -> None:
    region = article.region
    asked: list[Callable[[], object]] = [
        lambda: elastic_ips.disassociate(
            region=region, allocation_id=ALLOCATION, actor=OLGA
        ),
        lambda: elastic_ips.release(
            region=region, allocation_id=ALLOCATION, actor=OLGA
        ),
        lambda: elastic_ips.associate(
            region=region,
            allocation_id=ALLOCATION,
            actor=OLGA,
            instance_id=STANDBY,
            allow_reassociation=True,
        ),
    ]
    for ask in asked:
        with pytest.raises(refusals.MovedByPair) as refused:
            ask()
        assert refused.value.code == "belongs_to_pair"
    # Nor is its place taken by another one.
    other = allocate(region)
    with pytest.raises(refusals.MovedByPair):
        elastic_ips.associate(
            region=region,
            allocation_id=other,
            actor=OLGA,
            network_interface_id=FLOATING,
            allow_reassociation=True,
        )
    assert sim.calls("AssociateAddress") == sim.calls("ReleaseAddress") == []


def test_a_lost_reply_of_an_allocation_is_found_and_not_made_twice(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "AllocateAddress", "drop-after")
    with pytest.raises(refusals.OutcomeUnknown):
        allocate(region, tags={"Name": "lost"})

    stage.follow(region)

    [row] = models.Action.objects.all()
    assert row.state == "done"
    assert queries.get_elastic_ip(row.made[0]).name == "lost"
    assert len(sim.calls("AllocateAddress")) == 1


def test_a_quota_is_said_in_words(region: models.Region, sim: Sim) -> None:
    stage.fault(sim, "AllocateAddress", "refuse:AddressLimitExceeded")

    with pytest.raises(refusals.Ec2Said) as refused:
        allocate(region)

    assert "no more Elastic IPs" in refused.value.detail
    assert refused.value.ec2_code == "AddressLimitExceeded"
