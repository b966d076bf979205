"""The pages of VPCs, subnets, security groups and route tables."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from failover import models, wiring
from failover.models import User
from failover.services.access import Actor
from failover.services.people import users
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home

SHELL = Actor(name="cli:root", role="admin", trigger="cli")
TABLE = "rtb-0000000a"
DESTINATION = "10.99.0.0/24"


def content(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def floating() -> models.NetworkInterface:
    return models.NetworkInterface.objects.get(interface_id=FLOATING)


def add_table(home: Home) -> None:
    """A table of the floating interface's subnet, one route of which a pair moves."""
    row = floating()
    to = {"network_interface_id": FLOATING, "state": "active"}
    models.RouteTable.objects.create(
        region=home.region,
        route_table_id=TABLE,
        vpc_id=row.vpc_id,
        routes=[
            {
                "destination_cidr": "0.0.0.0/0",
                "network_interface_id": "",
                "state": "blackhole",
            },
            {"destination_cidr": DESTINATION, **to},
        ],
        subnet_ids=[row.subnet_id],
        observed_at=row.observed_at,
        observed_began_at=row.observed_began_at,
    )
    models.Pair.objects.create(
        name="edge-route",
        region=home.region,
        strategy="route",
        primary_instance_id=PRIMARY,
        standby_instance_id=STANDBY,
        route_table_ids=[TABLE],
        destination_cidr=DESTINATION,
        created_at=wiring.now(),
    )


def add_many(region: models.Region, count: int) -> None:
    """Interfaces, subnets and groups beside those that are there."""
    row, seen = floating(), {"observed_at": wiring.now(), "observed_began_at": 1.0}
    for number in range(count):
        own = f"{number:08x}"
        place = {"region": region, "vpc_id": row.vpc_id, **seen}
        models.SecurityGroup.objects.create(group_id=f"sg-b{own[1:]}", **place)
        models.Subnet.objects.create(
            subnet_id=f"subnet-b{own[1:]}",
            availability_zone="eu-west-1a",
            cidr_block="10.0.0.0/24",
            **place,
        )
        models.NetworkInterface.objects.create(
            interface_id=f"eni-b{own[1:]}",
            subnet_id=row.subnet_id,
            status="available",
            **place,
        )


def test_each_page_leads_to_what_stands_in_it(home: Home) -> None:
    add_table(home)
    row, vera = floating(), home.client("vera")
    group = row.security_groups[0]["id"]

    vpc = content(vera.get(f"/vpcs/{row.vpc_id}/"))
    subnet = content(vera.get(f"/subnets/{row.subnet_id}/"))
    having = content(vera.get(f"/security-groups/{group}/"))
    routes = content(vera.get(f"/route-tables/{TABLE}/"))

    for href in (
        f"/subnets/{row.subnet_id}/",
        f"/security-groups/{group}/",
        f"/route-tables/{TABLE}/",
        f"/interfaces/?f=vpc_id={row.vpc_id}",
        f"/instances/?f=vpc_id={row.vpc_id}",
    ):
        assert f'href="{href}"' in vpc, href
    for page in (subnet, having):
        assert f'href="/vpcs/{row.vpc_id}/"' in page
        assert f'href="/interfaces/{FLOATING}/"' in page
    assert f'href="/route-tables/{TABLE}/"' in subnet
    assert f'href="/instances/{PRIMARY}/"' in subnet
    assert f'href="/interfaces/?f=security_group={group}"' in having
    for href in (f"/interfaces/{FLOATING}/", "/pairs/edge-route/"):
        assert f'href="{href}"' in routes, href
    assert f'href="/subnets/{row.subnet_id}/"' in routes
    # What moves stands first.
    assert routes.index(DESTINATION) < routes.index("0.0.0.0/0")
    for page, id in ((vpc, row.vpc_id), (having, group), (routes, TABLE)):
        assert f'data-copy="{id}"' in page
        assert "default, eu-west-1" in page.replace("<bdi>", "").replace("</bdi>", "")


def test_tables_and_pages_lead_to_networks(home: Home) -> None:
    add_table(home)
    row, vera = floating(), home.client("vera")
    group = row.security_groups[0]["id"]
    vpc, subnet = f'href="/vpcs/{row.vpc_id}/"', f'href="/subnets/{row.subnet_id}/"'
    groups = f'href="/security-groups/{group}/"'

    for path, hrefs in {
        "/interfaces/": (vpc, subnet, groups),
        f"/interfaces/?sel={FLOATING}": (vpc, subnet, groups),
        f"/interfaces/{FLOATING}/": (vpc, subnet, groups),
        f"/instances/?sel={PRIMARY}": (vpc, subnet),
        f"/instances/{PRIMARY}/": (vpc, subnet),
        "/pairs/article/": (vpc, subnet),
        "/pairs/edge-route/": (vpc, subnet, f'href="/route-tables/{TABLE}/"'),
    }.items():
        page = content(vera.get(path))
        assert [h for h in hrefs if h not in page] == [], path


def test_many_rows_cost_no_more_queries_and_are_cut(home: Home) -> None:
    row, vera = floating(), home.client("vera")
    paths = (
        f"/vpcs/{row.vpc_id}/",
        f"/subnets/{row.subnet_id}/",
        f"/security-groups/{row.security_groups[0]['id']}/",
    )

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            content(vera.get(path))
        return len(asked)

    content(vera.get(paths[0]))
    before = [cost(path) for path in paths]
    add_many(home.region, 60)
    after = [cost(path) for path in paths]

    # One count for each list that is cut.
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1, 0]
    vpc, subnet = (content(vera.get(path)) for path in paths[:2])
    assert "the first 50 of" in vpc
    assert f'href="/api/v1/subnets/?vpc_id={row.vpc_id}"' in vpc
    assert vpc.count('href="/subnets/') == 50
    assert subnet.count('href="/interfaces/eni-') == 50


def test_what_is_gone_says_so_and_is_found_by_its_id(home: Home) -> None:
    row, vera = floating(), home.client("vera")
    models.Subnet.objects.filter(subnet_id=row.subnet_id).update(
        vanished_at=wiring.now(), name="front"
    )

    told = vera.get(f"/subnets/{row.subnet_id}/")

    assert told.status_code == 404
    said = told.content.decode()
    assert "No longer in EC2" in said
    assert f"Subnet {row.subnet_id} (front) is gone, noticed" in said
    models.NetworkInterface.objects.update(vanished_at=wiring.now())
    place = f"/subnets/{row.subnet_id}/"
    assert vera.get("/go/", {"q": row.subnet_id})["Location"] == place
    assert vera.get("/go/", {"q": FLOATING})["Location"] == f"/interfaces/{FLOATING}/"


def test_a_vpc_that_the_role_may_not_read_is_known_by_its_subnets(home: Home) -> None:
    row = floating()
    models.Vpc.objects.all().delete()
    reads = {k: v for k, v in home.region.whole_reads.items() if k != "vpc"}
    models.Region.objects.filter(pk=home.region.pk).update(whole_reads=reads)

    page = content(home.client("vera").get(f"/vpcs/{row.vpc_id}/"))

    assert "With ec2:DescribeVpcs they are read too." in page
    assert f'href="/subnets/{row.subnet_id}/"' in page


def test_who_sees_pairs_by_a_tag_gets_no_links_into_nothing(home: Home) -> None:
    row = floating()
    models.Pair.objects.filter(name="article").update(tags={"team": "web"})
    tina = User.objects.create(username="tina")
    users.grant(actor=SHELL, user=tina, role="viewer", scope="tag", tag=("team", "web"))
    client = home.client("tina")

    page = content(client.get(f"/interfaces/{FLOATING}/"))

    assert row.vpc_id in page
    assert "/vpcs/" not in page
    assert client.get(f"/vpcs/{row.vpc_id}/").status_code == 404
    place = f"/interfaces/?f=vpc_id={row.vpc_id}"
    assert client.get("/go/", {"q": row.vpc_id})["Location"] == place
