"""Who may see a part learns nothing of the rest, at any address, and moves nothing."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from failover import models
from failover.models import User
from failover.services.access import Actor
from failover.services.people import tokens, users
from tests.api.test_roles import body_for
from tests.web import estate
from tests.web.conftest import BACKEND, Home
from tests.web.estate import Estate
from tests.web.test_access_matrix import Address, addresses

SHELL = Actor(name="cli:root", role="admin", trigger="cli")
# Pair health is one word for load balancers; the schema and its page are ours.
OPEN = re.compile(r"api/v1/(pairs/<str:name>/health|schema|docs)")
# Arguments that name something of a house. A table or a verb is nobody's.
NAMING = re.compile(
    r"(name|eni|interface_id|instance_id|allocation_id|job_id|approval_id|action_id"
    r"|region_id|account|seq|vpc_id|subnet_id|security_group_id|route_table_id)>"
)
# A flash is closed in one's own session alone; how accounts are entered is for those
# whose role knows no scope, who are told so before anything is looked for.
APART = re.compile(r"flashes/|settings/accounts/<slug:account>/(role|external-id|test)")
# Of a page's table as well: its files, what its filters offer, and what is found.
TABLES = ("interfaces", "elastic-ips", "instances", "pairs", "jobs", "actions")
LISTS = {f"{name}/" for name in (*TABLES, "audit", "drift")}
QUERIES = {
    **{f"{path}": ("?export=csv", "?suggest=name", "?suggest=pair") for path in LISTS},
    "api/v1/audit/": ("?format=csv",),
    "go/": ("?q=e",),
}


# Some hundred pages are drawn, the first of them with every template.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def houses(home: Home) -> Estate:
    return estate.build(home)


def in_account(houses: Estate) -> Client:
    """An administrator of the account `own`, and of nothing else."""
    account = models.Account.objects.get(name="own")
    return person("stella", "admin", scope="account", account=account)


def by_tag(houses: Estate) -> Client:
    """An approver of the pairs of one team; nobody administers pairs by a tag."""
    return person("tina", "approver", scope="tag", tag=("team", "mine"))


def person(name: str, role: str, **where: object) -> Client:
    user = User.objects.create(username=name)
    users.grant(actor=SHELL, user=user, role=role, **where)  # type: ignore[arg-type]
    # /metrics is open on the machine itself, which these people are not.
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.force_login(user, backend=BACKEND)
    return client


def asked_of(names: Mapping[str, str]) -> Iterator[tuple[Address, str]]:
    """Every address to be read, with these names."""
    for address in addresses():
        if "GET" in address.methods and not OPEN.match(address.route):
            yield address, address.fill(names)


def whole(answer: Any) -> str:
    chunks = getattr(answer, "streaming_content", None)
    return (answer.content if chunks is None else b"".join(chunks)).decode()


def heard(client: Client, path: str) -> tuple[int, str]:
    """The answer, without what was asked for by name."""
    answer = client.get(path)
    said = whole(answer)
    for part in path.strip("/").split("/"):
        said = said.replace(part, "") if part else said
    return answer.status_code, said


def leaks(client: Client, path: str, secrets: frozenset[str]) -> list[str]:
    _, said = heard(client, path)
    return [f"{path}: {secret}" for secret in sorted(secrets) if secret in said]


@pytest.mark.parametrize("sight", [in_account, by_tag])
def test_no_address_tells_a_stranger_anything(houses: Estate, sight: object) -> None:
    client = sight(houses)  # type: ignore[operator]
    secrets = houses.hidden.secrets
    if sight is by_tag:
        secrets |= houses.neighbour.secrets

    found: list[str] = []
    for address, path in asked_of(houses.mine.values):
        for query in ("", *QUERIES.get(address.route, ())):
            found += leaks(client, f"{path}{query}", secrets)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("sight", [in_account, by_tag])
def test_what_is_foreign_does_not_exist(houses: Estate, sight: object) -> None:
    client = sight(houses)  # type: ignore[operator]
    wrong: list[tuple[int, str]] = []
    for address, path in asked_of(houses.hidden.values):
        if not NAMING.search(address.route):
            continue
        status, said = heard(client, path)
        told = [secret for secret in houses.hidden.secrets if secret in said]
        # Without the role anywhere, 403 comes first: for what is one's own as well.
        own = address.fill(houses.mine.values)
        is_refused = status == 403 and heard(client, own)[0] == 403
        if (status not in (404, 405) and not is_refused) or told:
            wrong.append((status, f"{path} {told}"))
    assert not wrong, "\n".join(map(str, wrong))


def rows_of_all() -> dict[str, list[Any]]:
    """All that somebody could have changed."""
    kinds = (models.Pair, models.Job, models.Approval, models.Action, models.Account)
    return {m.__name__: list(QuerySet[Any](m).order_by("pk").values()) for m in kinds}


def test_what_is_foreign_cannot_be_moved(home: Home, houses: Estate) -> None:
    client = in_account(houses)
    before = rows_of_all()
    wrong: list[tuple[str, str, int]] = []
    for address in addresses():
        for method in set(address.methods) - {"GET"}:
            if not NAMING.search(address.route) or APART.match(address.route):
                continue
            path = address.fill({**houses.hidden.values, "verb": "approve"})
            body = json.dumps(body_for(path))
            kind = "application/json" if address.is_api else "text/plain"
            status = client.generic(method, path, body, kind).status_code
            if status not in (404, 405):
                wrong.append((method, path, status))
    assert not wrong, "\n".join(map(str, wrong))
    assert rows_of_all() == before


def test_foreign_things_cannot_be_named_in_what_is_sent(houses: Estate) -> None:
    client, before = in_account(houses), rows_of_all()
    theirs, mine = houses.hidden.values, houses.mine.values
    there = {"region": "eu-west-1", "account": theirs["account"]}
    end = {"instance_id": theirs["instance_id"]}
    sent: list[tuple[str, dict[str, Any]]] = [
        ("swaps/", {"pairs": [theirs["name"]]}),
        ("elastic-ips/", there),
        ("network-interfaces/", {**there, "subnet_id": "subnet-40043409"}),
        (f"network-interfaces/{mine['eni']}/attach/", {**end, "device_index": 1}),
        (f"elastic-ips/{mine['allocation_id']}/associate/", end),
        (
            "pairs/",
            {
                **there,
                "name": "other",
                "primary_instance_id": theirs["instance_id"],
                "standby_instance_id": mine["instance_id"],
                "network_interface_id": theirs["eni"],
            },
        ),
    ]
    for path, body in sent:
        answer = client.post(f"/api/v1/{path}", body, "application/json")
        said = answer.content.decode()
        for value in sorted(map(str, {**theirs, **body}.values()), key=len)[::-1]:
            said = said.replace(value, "")
        told = [secret for secret in houses.hidden.secrets if secret in said]
        assert answer.status_code >= 400 or '"accepted":[]' in said, (path, said)
        assert not told, (path, told, said)
    for path in ("/swaps/", "/tables/interfaces/selection/"):
        chosen = {"pair": theirs["name"], "only": theirs["eni"], "export": "csv"}
        answer = client.post(path, {**chosen, "table": "interfaces"})
        said = whole(answer)
        assert not [s for s in houses.hidden.secrets if s in said], path

    assert rows_of_all() == before


def test_a_scoped_token_counts_its_own_part_in_metrics(houses: Estate) -> None:
    in_account(houses)
    token = tokens.make(user_name="stella", actor=SHELL, role="viewer")

    said = Client(REMOTE_ADDR="192.0.2.7").get(
        "/metrics", headers={"Authorization": f"Bearer {token}"}
    )

    assert 'pair="mine"' in said.content.decode()
    assert estate.HIDDEN not in said.content.decode()
