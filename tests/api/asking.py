"""How a program asks: its token, JSON there and back, and problems."""

import json
from collections.abc import Callable
from typing import Any

from django.test import Client

API = "/api/v1/"
Ask = Callable[..., Any]


def asker(token: str) -> Ask:
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        data = b"" if body is None else raw
        return client.generic(
            method, API + path, data, "application/json", headers=headers
        )

    return ask


def require_problem(reply: Any, status: int, code: str) -> dict[str, Any]:
    seen = (reply.status_code, reply.content, reply.wsgi_request.path)
    assert reply.status_code == status, seen
    assert reply["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = reply.json()
    assert (problem["status"], problem["code"]) == (status, code), problem
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"].endswith(code)
    assert reply["X-Request-Id"]
    return problem
