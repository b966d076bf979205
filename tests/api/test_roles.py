"""Every path, every method: nobody without a role gets past the door."""

import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern

from failover.api import door, urls
from failover.models import Pair
from failover.services import fields
from tests.services.world import FLOATING, PRIMARY, STANDBY, make_token

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
VALUES = {
    "account": "default",
    "name": "article",
    "eni": FLOATING,
    "instance_id": PRIMARY,
    "allocation_id": "eipalloc-4f07e372",
    "region_id": str(fields.uuid_of("region", 1)),
    "action_id": "00000000-0000-4000-8000-000000000000",
    "approval_id": "00000000-0000-4000-8000-000000000000",
    "public_id": "0123456789ab",
    "job_id": "00000000-0000-4000-8000-000000000000",
}
# Bodies that are valid, so that 400 does not come before the role.
BODIES = {
    "regions": {"region": "eu-west-2"},
    "attach": {"instance_id": STANDBY},
    "assign-ips": {"count": 1},
    "unassign-ips": {"addresses": ["10.0.0.9"]},
    "associate": {"instance_id": STANDBY},
    "elastic-ips": {"region": "eu-west-1"},
    "instances": {
        "region": "eu-west-1",
        "name": "new",
        "image_id": "ami-00000000",
        "type": "t3.micro",
        "subnet_id": "subnet-00000000",
    },
    "network-interfaces": {"region": "eu-west-1", "subnet_id": "subnet-00000000"},
    "swaps": {"pairs": ["article"]},
    "freeze": {"reason": "r"},
    "acknowledge": {"comment": "c"},
    "tokens": {"name": "t"},
    "pairs": {
        "name": "other",
        "region": "eu-west-1",
        "primary_instance_id": PRIMARY,
        "standby_instance_id": STANDBY,
        "network_interface_id": FLOATING,
    },
}


def paths() -> Iterator[tuple[str, URLPattern]]:
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern)
        if route.startswith("^") or "/health" in route:
            continue
        filled = re.sub(r"<str:(\w+)>", lambda m: VALUES[m.group(1)], route)
        yield f"/api/v1/{filled}", pattern


def body_for(path: str) -> dict[str, object]:
    return BODIES.get(path.rstrip("/").rpartition("/")[2], {})  # type: ignore[return-value]


def ask(client: Client, method: str, path: str) -> int:
    reply = client.generic(method, path, json.dumps(body_for(path)), "application/json")
    return reply.status_code


def test_every_view_says_who_may() -> None:
    for path, pattern in paths():
        view = getattr(pattern.callback, "view_class", None)
        assert view is not None, path
        roles = getattr(view, "required_role", {})
        served = {m for m in METHODS if hasattr(view, m.lower())}
        assert served == set(roles), path
        bodies = set(getattr(view, "bodies", {}))
        assert bodies == served & {"POST", "PUT", "PATCH"}, path


def test_the_anonymous_get_401_everywhere(article: Pair) -> None:
    for path, _ in paths():
        for method in METHODS:
            assert ask(Client(), method, path) == 401, (method, path)


def test_a_viewer_may_read_and_nothing_else(article: Pair) -> None:
    token = make_token("vera", "viewer")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    for path, pattern in paths():
        view = pattern.callback.view_class  # type: ignore[attr-defined]
        for method in METHODS:
            status = ask(client, method, path)
            if method not in view.required_role:
                assert status == 405, (method, path)
            elif (method, path.rstrip("/")) == ("POST", "/api/v1/tokens"):
                assert status == 403, "A token makes no tokens."
            elif view.required_role[method] == "viewer":
                assert status in (200, 404), (method, path)
            else:
                assert status == 403, (method, path)


def test_an_operator_may_not_do_what_admins_do(article: Pair) -> None:
    token = make_token("olga", "operator")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    for path, pattern in paths():
        view = pattern.callback.view_class  # type: ignore[attr-defined]
        for method, role in view.required_role.items():
            if role == "admin":
                assert ask(client, method, path) == 403, (method, path)


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "admin"])
def test_a_token_never_may_more_than_its_owner_does_now(
    article: Pair, role: str
) -> None:
    token = make_token("tina", role)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    make_token("tina", "viewer")

    reply = client.post("/api/v1/swaps/", {"pairs": ["article"]}, "application/json")

    assert reply.status_code == 403


def test_a_door_without_a_role_is_shut() -> None:
    assert door.Door.required_role == {}
