"""Every address, method and role against docs/access.md; what it does not list fails.

The table is written anew by `WRITE_ACCESS_TABLE=1 pytest` on this file. Read what has
changed in it before you commit it: it is the declaration, not a record.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from failover.models import User
from tests.api.test_roles import body_for
from tests.project.files import ROOT
from tests.web.blank import BLANK
from tests.web.conftest import BACKEND, Home

TABLE = ROOT / "docs" / "access.md"
ROLES = ("anonymous", "viewer", "operator", "approver", "admin")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PAGE_METHODS = ("GET", "POST")
# Names of nothing: whoever is let in finds that there is none, and nothing happens.
NOTHING = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "999999",
    "pair": "nothing",
    "slug": "nothing",
    "str": "nothing",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
KEPT_BY_NOBODY = ("text/html", "application/json", "application/problem+json")
HEAD = """# Who may ask what

Each address with each method, asked by the anonymous and by each role where it counts
everywhere. `yes`: let in; `login`: sent to the sign-in page, or 401; `no`: 403. A role
that is limited to an account or a tag is let in alike, and finds nothing (404) outside.
This table is the declaration that the tests hold every address against.

| address | method | anonymous | viewer | operator | approver | admin |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Address:
    """One pattern of the URLs, and the path that stands for it."""

    route: str
    path: str
    methods: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    def fill(self, names: Mapping[str, str]) -> str:
        """The path with these names for its arguments."""
        return f"/{_fill(self.route, names)}"


def addresses() -> list[Address]:
    found: dict[str, Address] = {}
    for route, pattern in _patterns(get_resolver().url_patterns, ""):
        plain = route.rstrip("/") or "/"
        view = getattr(pattern.callback, "view_class", None)
        roles = getattr(view, "required_role", None)
        methods = tuple(m for m in METHODS if m in roles) if roles else PAGE_METHODS
        # With and without its slash it is one address; the form with it comes first.
        found.setdefault(plain, Address(route, f"/{_fill(route, {})}", methods))
    return sorted(found.values(), key=lambda address: address.route)


def _patterns(given: Any, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in given:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, route)
        elif "(?P<rest>" not in route:
            yield route, entry


def _fill(route: str, names: Mapping[str, str]) -> str:
    plain = re.sub(r"\^\(\?P<(\w+)>[^)]*\)/", r"<str:\1>/", route)
    return re.sub(
        r"<(\w+):(\w+)>", lambda m: names.get(m.group(2), NOTHING[m.group(1)]), plain
    )


def require_headers(address: Address, answer: Any) -> None:
    """What every answer tells a browser, whatever it is and whoever asks."""
    where = (address.path, answer.status_code)
    policy = answer.headers.get("Content-Security-Policy", "")
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= {
        part.strip() for part in policy.split(";")
    }, where
    assert "unsafe" not in policy, where
    said = {name: answer.headers.get(name) for name in HEADERS}
    assert said == HEADERS, where
    assert "Access-Control-Allow-Origin" not in answer.headers, where
    if answer.headers.get("Content-Type", "").startswith(KEPT_BY_NOBODY):
        assert "no-store" in answer.headers.get("Cache-Control", ""), where


def ask(client: Client, address: Address, method: str) -> str:
    if address.is_api:
        body = json.dumps(body_for(address.path))
        answer = client.generic(method, address.path, body, "application/json")
    else:
        answer = client.generic(method, address.path)
    require_headers(address, answer)
    if answer.status_code == 405:
        return "–"
    assert answer.status_code != 500, (method, address.path, answer.status_code)
    # A body that cannot be read comes before the role: it needs one in test_roles.
    is_unread = address.is_api and answer.status_code == 400
    assert not is_unread, (method, address.path)
    if address.is_api and answer.status_code == 401:
        return "login"
    location = answer.headers.get("Location", "")
    if answer.status_code == 302 and location.startswith(f"{settings.LOGIN_URL}?"):
        return "login"
    return "no" if answer.status_code == 403 else "yes"


def observed(role: str) -> dict[tuple[str, str], str]:
    client, found = browser(role), {}
    for address in addresses():
        for method in address.methods:
            answer = ask(client, address, method)
            if answer == "login" and role != "anonymous":
                # What was asked before may have signed out.
                client = browser(role)
                answer = ask(client, address, method)
            found[f"/{address.route}", method] = answer
    return found


def browser(role: str) -> Client:
    """A browser of somebody with that role, signed in."""
    client = Client()
    if role != "anonymous":
        user, _ = User.objects.get_or_create(username=f"the-{role}", role=role)
        client.force_login(user, backend=BACKEND)
    return client


def declared(path: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    rows = re.findall(r"^\| `([^`]+)` \| (\w+) \| (.+) \|$", path.read_text(), re.M)
    return {(route, m): tuple(said.split(" | ")) for route, m, said in rows}


def render(found: Mapping[str, Mapping[tuple[str, str], str]]) -> str:
    rows = {key: [found[role][key] for role in ROLES] for key in sorted(found["admin"])}
    lines = [
        f"| `{route}` | {method} | {' | '.join(said)} |"
        for (route, method), said in rows.items()
        if set(said) != {"–"}
    ]
    return HEAD + "\n".join(lines) + "\n"


@pytest.mark.timeout(300)
def test_every_address_lets_in_whom_the_table_says(home: Home) -> None:
    with connection.cursor() as cursor:
        # Each denial is put into the audit; what a crash would lose is no matter here.
        cursor.execute("PRAGMA synchronous=OFF")
    # Who is let in is decided before a page is drawn: other tests draw them.
    with override_settings(TEMPLATES=BLANK):
        found = {role: observed(role) for role in ROLES}
    if os.environ.get("WRITE_ACCESS_TABLE"):
        TABLE.write_text(render(found))

    said = declared(TABLE)

    for column, role in enumerate(ROLES):
        # What nobody is answered with is no method of that address.
        served = {key for key, answer in found[role].items() if answer != "–"}
        assert served - set(said) == set(), "Not in docs/access.md: read its head."
        gone = set(said) - set(found[role])
        assert gone == set(), "Gone, but still in docs/access.md."
        wrong = {
            key: (row[column], found[role][key])
            for key, row in said.items()
            if row[column] != found[role][key]
        }
        assert wrong == {}, role


def test_a_role_may_all_that_the_lesser_ones_may() -> None:
    for key, said in declared(TABLE).items():
        let_in = [answer == "yes" for answer in said[1:]]
        assert let_in == sorted(let_in), key


def test_nothing_but_signing_in_and_health_is_open_to_the_anonymous() -> None:
    opened = {r for (r, _), said in declared(TABLE).items() if said[0] == "yes"}

    allowed = re.compile(
        r"/(healthz|readyz|accounts/|api/v1/pairs/<str:name>/health|metrics)"
    )
    assert [route for route in opened if not allowed.match(route)] == []
