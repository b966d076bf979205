"""What every table promises alike: its page, its file, its list over REST."""

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from failover import audit, models, wiring
from failover.models import searches
from tests.web.conftest import BACKEND

FEW, MANY = 3, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table: its page, its list, the key of a row in both, and a question."""

    page: str
    api: str
    key: str
    query: str


TABLES = {
    "interfaces": Shown(
        page="interfaces",
        api="network-interfaces",
        key="id",
        query="q=prod&f=name^web-1&f=pair!=(empty)&ordering=-mac_address",
    ),
    "elastic-ips": Shown(
        page="elastic-ips",
        api="elastic-ips",
        key="allocation_id",
        query="f=tag:Env=prod&f=name^web-1&ordering=-public_ip",
    ),
    "instances": Shown(
        page="instances",
        api="instances",
        key="id",
        query="f=state=running&q=web-1&ordering=-name",
    ),
    "pairs": Shown(
        page="pairs",
        api="pairs",
        key="name",
        query="f=name^web-1&ordering=-name",
    ),
    "jobs": Shown(
        page="jobs",
        api="jobs",
        key="id",
        query="f=state=succeeded&f=pair^web-1&ordering=pair",
    ),
    "audit": Shown(
        page="audit",
        api="audit",
        key="seq",
        query="f=object^pair/web-1&ordering=object",
    ),
    "drift": Shown(
        page="drift",
        api="drift-events",
        key="id",
        query="f=change=state&f=name^web-1&ordering=name",
    ),
    "actions": Shown(
        page="actions",
        api="actions",
        key="id",
        query="f=kind=elastic-ip.release&f=resource:eipalloc-0&ordering=resource",
    ),
}


def fill(region: models.Region, numbers: range) -> None:
    """Of each table a row for each number, all of which know each other."""
    now = wiring.now()
    mirrored: dict[str, Any] = {"region": region, "observed_at": now}
    for n in numbers:
        name, eni, eip = f"web-{n}", f"eni-{n:08x}", f"eipalloc-{n:09d}"
        own = {**mirrored, "observed_began_at": 1.0, "name": name}
        own["tags"] = {"Name": name, "Env": "prod"}
        one, other = f"i-{n:08x}", f"i-f{n:07x}"
        rows: list[Any] = [
            models.NetworkInterface.objects.create(
                **own, interface_id=eni, status="in-use", instance_id=one,
                subnet_id=f"subnet-{n}", mac_address=f"02:00:00:00:00:{n:02x}",
            ),
            models.ElasticIp.objects.create(
                **own, allocation_id=eip, public_ip=f"203.0.113.{n}",
                network_interface_id=eni, instance_id=one,
            ),
            *(
                models.Instance.objects.create(
                    **own, instance_id=i, state="running",
                    interfaces=[{"id": eni, "device_index": 1}],
                )
                for i in (one, other)
            ),
        ]  # fmt: skip
        for row in rows:
            texts: Any = searches.TEXTS[type(row)]
            texts.objects.create(row=row, text=searches.text_of(row))
        models.Subnet.objects.create(
            **{**own, "name": "inner"}, subnet_id=f"subnet-{n}", vpc_id="vpc-1",
            availability_zone="eu-west-1a", cidr_block="10.0.0.0/24",
        )  # fmt: skip
        pair = models.Pair.objects.create(
            name=name, region=region, strategy="eni", primary_instance_id=one,
            standby_instance_id=other, network_interface_id=eni, created_at=now,
        )  # fmt: skip
        job = models.Job.objects.create(
            id=UUID(int=n), region=region, pair=pair, pair_name=name, kind="swap",
            state="succeeded", network_interface_id=eni, from_instance_id=one,
            to_instance_id=other, trigger="ui", requested_by="anna",
            requested_at=now, finished_at=now,
        )  # fmt: skip
        models.DriftEvent.objects.create(
            region=region, seen_at=now, resource_type="instance", resource_id=one,
            name=name, change="state", before="running", after="stopped",
            is_judged=True,
        )  # fmt: skip
        kind = "elastic-ip.release" if n % 4 else "elastic-ip.tag"
        models.Action.objects.create(
            id=UUID(int=n), region=region, kind=kind,
            resource=f"elastic-ip/{eip}", operation="ReleaseAddress",
            args={"AllocationId": eip}, actor="anna", trigger="ui", state="done",
            begun_at=now, answered_at=now, finished_at=now,
        )  # fmt: skip
        with transaction.atomic():
            audit.record(
                at=now, actor="anna", action="job.swap", outcome="accepted",
                subject=f"pair/{name}", job_id=job.pk,
            )  # fmt: skip


@pytest.fixture
def region(people: None) -> models.Region:
    account = models.Account.objects.create(name="default")
    region = models.Region.objects.create(
        account=account, name="eu-west-1", observed_at=wiring.now()
    )
    fill(region, range(1, 1 + FEW))
    return region


@pytest.fixture
def anna(region: models.Region) -> Client:
    client = Client()
    client.force_login(models.User.objects.get(username="anna"), backend=BACKEND)
    return client


def body(client: Client, path: str) -> str:
    answer: Any = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode()
    return str(answer.content.decode())


def paths(shown: Shown) -> tuple[str, ...]:
    """The page, both of its files, and the list, all with the first rows."""
    page, api = f"/{shown.page}/", f"/api/v1/{shown.api}/?limit=100"
    # A question is another way to the rows, and a panel shows one of them in full.
    return (page, f"{page}?{shown.query}", f"{page}?export=csv", f"{page}?export=jsonl",
            api, f"{api}&{shown.query}")  # fmt: skip


def count_queries(client: Client) -> dict[str, int]:
    found = {}
    # What a process asks once is no matter.
    body(client, "/interfaces/")
    for shown in TABLES.values():
        for path in paths(shown):
            with CaptureQueriesContext(connection) as captured:
                body(client, path)
            found[path] = len(captured)
    return found


def test_sixty_rows_are_asked_for_with_as_many_queries_as_three(
    region: models.Region, anna: Client
) -> None:
    few = count_queries(anna)

    fill(region, range(1 + FEW, 1 + MANY))

    assert count_queries(anna) == few
    assert max(few.values()) <= 32


@pytest.mark.parametrize("name", TABLES)
def test_page_file_and_list_answer_the_same_question(
    region: models.Region, anna: Client, name: str
) -> None:
    shown = TABLES[name]
    fill(region, range(1 + FEW, 13))

    page = re.findall(r'id="row-([^"]+)"', body(anna, f"/{shown.page}/?{shown.query}"))
    file = body(anna, f"/{shown.page}/?{shown.query}&export=jsonl").splitlines()
    listed = json.loads(body(anna, f"/api/v1/{shown.api}/?{shown.query}"))

    keys = [str(row[shown.key]) for row in listed["results"]]
    assert keys == page
    assert listed["count"] == len(file) == len(page)
    assert 1 < len(page) < 12
    exported = [json.loads(line) for line in file]
    if shown.key in exported[0]:
        assert [str(row[shown.key]) for row in exported] == page
