"""Every door of the product, how to knock, and an audit that cannot be written."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from failover import models
from failover.models import AuditEntry
from failover.services.people import users
from failover.web import recording
from tests.services.world import FLOATING, PRIMARY, SHELL, STANDBY

BACKEND = "django.contrib.auth.backends.ModelBackend"
MUTATING = ("POST", "PUT", "PATCH", "DELETE")
VALUES = {
    "name": "article",
    "eni": FLOATING,
    "interface_id": FLOATING,
    "instance_id": PRIMARY,
    "allocation_id": "eipalloc-4f07e372",
    "region_id": "1",
}
BY_CONVERTER = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "1",
    "pair": "article",
    "str": "1",
}
BODIES: dict[str, dict[str, Any]] = {
    "regions": {"region": "eu-west-2"},
    "attach": {"instance_id": STANDBY},
    "swaps": {"pairs": ["article", "nothing"]},
    "freeze": {"reason": "maintenance"},
    "acknowledge": {"comment": "seen"},
    "pairs": {
        "name": "other",
        "region": "eu-west-1",
        "primary_instance_id": PRIMARY,
        "standby_instance_id": STANDBY,
        "network_interface_id": FLOATING,
    },
}


def patterns(
    resolver: URLResolver | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry


def address(route: str) -> str:
    """The route with its parameters filled, as an address."""

    def fill(found: re.Match[str]) -> str:
        return VALUES.get(found[2]) or BY_CONVERTER.get(found[1], "1")

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, route)


def doors() -> list[tuple[str, str]]:
    """Method and address of all that may be asked to change something."""
    found: list[tuple[str, str]] = []
    for route, pattern in patterns():
        if "^" in route or not pattern.name:
            continue
        view = pattern.callback
        if view.__module__.endswith(".health"):
            continue
        roles = getattr(getattr(view, "view_class", None), "required_role", None)
        methods = [m for m in MUTATING if m in roles] if roles is not None else ["POST"]
        found += [(method, address(route)) for method in methods or ["POST"]]
    return found


def is_marked(path: str) -> bool:
    view: Callable[..., Any] = get_resolver().resolve(path).func
    return hasattr(view, recording.CHANGES_NOTHING)


def ask(client: Client, method: str, path: str, *, origin: str = "127.0.0.1") -> Any:
    body = BODIES.get(path.rstrip("/").rpartition("/")[2], {})
    if path.startswith("/api/"):
        return client.generic(
            method,
            path,
            data=json.dumps(body),
            content_type="application/json",
            REMOTE_ADDR=origin,
        )
    return client.post(path, body, REMOTE_ADDR=origin)


def last() -> Any:
    """The newest row."""
    return AuditEntry.objects.order_by("-seq")[0]


def signed_in(name: str, role: str) -> Client:
    users.create_user(name=name, role=role, password=None, actor=SHELL)
    client = Client()
    enter(client, name)
    return client


def enter(client: Client, name: str) -> None:
    """Sign this browser in."""
    client.force_login(models.User.objects.get(username=name), backend=BACKEND)


BROKEN = """
    CREATE TRIGGER disk_full BEFORE INSERT ON failover_auditentry
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"""


@contextmanager
def no_audit() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER disk_full")
