"""Lists of what interfaces stand in, and of changes found."""

from typing import Any

import pytest
from django.test import Client

from failover import models, wiring
from failover.services import inventory
from tests.services.world import FLOATING, make_token

SUBNET = "subnet-40043409"
VPC = "vpc-dbf9cdbc"


@pytest.fixture
def vera(region: models.Region) -> Client:
    return Client(headers={"Authorization": f"Bearer {make_token('vera', 'viewer')}"})


def results(client: Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_networks_are_listed_and_filtered(vera: Client) -> None:
    (vpc,) = results(vera, f"vpcs/?id={VPC}")
    assert (vpc["account"], vpc["region"]) == ("default", "eu-west-1")
    assert {"cidr_block", "is_default", "name", "tags", "observed_at"} <= set(vpc)
    (subnet,) = results(vera, f"subnets?q={SUBNET}")
    assert (subnet["id"], subnet["vpc_id"]) == (SUBNET, VPC)
    groups = results(vera, f"security-groups/?vpc_id={VPC}&ordering=-name")
    names = [g["name"] for g in groups]
    assert "PrivateServer" in names
    assert names == sorted(names, reverse=True)
    tables = results(vera, "route-tables/")
    assert {"routes", "subnet_ids", "vpc_id"} <= set(tables[0])
    assert results(vera, "vpcs/?q=nowhere") == []


def test_changes_are_listed_with_their_sentence(
    vera: Client, region: models.Region
) -> None:
    assert results(vera, "drift-events/") == []
    models.NetworkInterface.objects.filter(interface_id=FLOATING).update(
        description="as it was", tags={"gone": "x", "aws:own": "y"}
    )
    inventory.sync(region)

    of_it = f"drift-events/?resource_id={FLOATING}"
    (event,) = results(vera, f"{of_it}&change=description")

    assert (event["change"], event["resource_type"]) == (
        "description",
        "network-interface",
    )
    assert event["before"] == "as it was"
    assert event["message"].startswith("Description: ")
    assert event["not_before"] < event["seen_at"]
    (tagged,) = results(vera, f"{of_it}&change=tags")
    assert (tagged["before"]["gone"], tagged["after"]["gone"]) == ("x", None)
    assert tagged["message"].startswith("Tags: ")
    assert results(vera, "drift-events/?change=attachment") == []
    assert vera.get("/api/v1/drift-events/?change=wrong").status_code == 200


def test_a_row_is_as_young_as_the_last_whole_read(
    vera: Client, region: models.Region
) -> None:
    (before,) = results(vera, f"network-interfaces/?q={FLOATING}")
    inventory.sync(region)

    (after,) = results(vera, f"network-interfaces/?q={FLOATING}")

    assert after["observed_at"] > before["observed_at"]
    (shown,) = results(vera, "regions/")
    assert shown["sync_retry_at"] is None
    models.Region.objects.update(sync_retry_at=wiring.now())
    (shown,) = results(vera, "regions/")
    assert shown["sync_retry_at"]
