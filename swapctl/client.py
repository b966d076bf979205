"""The REST interface over HTTP: ask, ask again where that is safe, say what was said.

A call with an idempotency key is sent again with the same key until it is answered:
the server does it once and answers the same. A call without one is sent once.
"""

import http.client
import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from swapctl.settings import Connection
from swapctl.world import World

NAME = "swapctl"
TIMEOUT_S = 30.0
# Longer than any wait that the server allows.
LONGEST_WAIT_S = 25.0
# For how long a call that may be repeated is repeated: whoever reads is told soon that
# nobody answers, whoever has begun something wants to know what became of it.
READ_PATIENCE_S = 10.0
START_PATIENCE_S = 60.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 3.0
MOST_BYTES = 64 * 1024 * 1024
CHUNK = 64 * 1024
PAGE = 1000
# What a proxy, or a server that is just starting, says.
PASSING = frozenset({429, 502, 503, 504})


class Unreachable(Exception):
    """No answer that is Swapboard's: whether anything was done is not known."""


class Refused(Exception):
    """Swapboard's no, as the problem document that it is."""

    def __init__(self, *, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail", "")))
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.get("code", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, read to its end."""

    status: int
    body: bytes
    retry_after_s: float | None


class _AsAnswered(urllib.request.HTTPErrorProcessor):
    """Every status is an answer; nobody is led elsewhere with our token."""

    def http_response(self, request: Any, response: Any) -> Any:
        del request
        return response

    https_response = http_response


class Client:
    """One server, asked by one token."""

    def __init__(
        self, *, connection: Connection, world: World, patience_s: float | None = None
    ) -> None:
        self._connection = connection
        self._patience_s = patience_s
        self._world = world
        self._opener = urllib.request.build_opener(_AsAnswered)

    @property
    def url(self) -> str:
        return self._connection.url

    def get(self, *path: str, patience_s: float = READ_PATIENCE_S, **query: Any) -> Any:
        """An object. Raises Refused, Unreachable."""
        return self._ask_patiently("GET", path, query=query, patience_s=patience_s)

    def post(self, *path: str, key: str = "", **body: Any) -> Any:
        """What was answered. Raises Refused, Unreachable."""
        if not key:
            return read(self._send("POST", path, body=body))
        return self._ask_patiently("POST", path, body=body, key=key)

    def pages(self, *path: str, limit: int | None, **query: Any) -> "Listed":
        """The rows of a list, at most `limit` of them, None for all."""
        rows: list[Any] = []
        count = 0
        while limit is None or len(rows) < limit:
            ask = PAGE if limit is None else min(PAGE, limit - len(rows))
            page = self.get(*path, limit=ask, offset=len(rows), **query)
            count = int(page["count"])
            rows += page["results"]
            if not page["results"] or len(rows) >= count:
                break
        return Listed(rows=rows, count=count)

    def stream(self, *path: str, **query: Any) -> Iterator[bytes]:
        """An export, piece by piece. Raises Refused, Unreachable."""
        try:
            with self._open("GET", path, query=query) as answer:
                if answer.status != http.HTTPStatus.OK:
                    read(_reply(answer))
                while piece := answer.read(CHUNK):
                    yield piece
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error

    def _ask_patiently(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str = "",
        patience_s: float = START_PATIENCE_S,
    ) -> Any:
        if self._patience_s is not None:
            patience_s = self._patience_s
        until = self._world.monotonic() + patience_s
        pause_s = FIRST_PAUSE_S
        is_told = False
        while True:
            why: Exception
            try:
                reply = self._send(method, path, query=query, body=body, key=key)
                if not _is_passing(reply):
                    return read(reply)
                wait_s = max(pause_s, reply.retry_after_s or 0.0)
                why = _problem_of(reply)
            except Unreachable as error:
                wait_s, why = pause_s, error
            if self._world.monotonic() + wait_s >= until:
                raise why
            if not is_told:
                self._world.tell(f"{NAME}: {why} Asking again.")
                is_told = True
            self._world.sleep(wait_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _send(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> Reply:
        try:
            with self._open(method, path, query=query, body=body, key=key) as answer:
                return _reply(answer)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error

    def _open(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> Any:
        asked = {k: v for k, v in (query or {}).items() if v not in (None, "")}
        parts = "/".join(quote(part, safe="") for part in path)
        url = f"{self.url}/api/v1/{parts}"
        if asked:
            url = f"{url}?{urlencode(asked, doseq=True)}"
        headers = {
            "Authorization": f"Bearer {self._connection.token}",
            "User-Agent": NAME,
        }
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(  # noqa: S310 - settings.read_url allows http.
            url, data=data, headers=headers, method=method
        )
        return self._opener.open(request, timeout=TIMEOUT_S + LONGEST_WAIT_S)

    def _unreachable(self, error: Exception) -> Unreachable:
        why = getattr(error, "reason", None) or error
        return Unreachable(f"{self.url} does not answer ({why}).")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Rows of a list, and how many there are in all."""

    rows: list[Any]
    count: int


def read(reply: Reply) -> Any:
    """What a reply says. Raises Refused, Unreachable."""
    is_ok = reply.status < http.HTTPStatus.MULTIPLE_CHOICES
    if is_ok and not reply.body:
        return {}
    try:
        said = json.loads(reply.body)
    except ValueError as error:
        raise _stranger(reply) from error
    if is_ok:
        return said
    if not isinstance(said, dict) or "code" not in said:
        raise _stranger(reply)
    raise Refused(status=reply.status, problem=said)


def _is_passing(reply: Reply) -> bool:
    """Whether the same call, asked again, may be answered otherwise by itself."""
    if reply.status not in PASSING and reply.status != http.HTTPStatus.CONFLICT:
        return False
    why = _problem_of(reply)
    if not isinstance(why, Refused):
        return reply.status in PASSING
    if reply.status == http.HTTPStatus.CONFLICT:
        return why.code == "in_progress"
    # EC2 itself was asked, and did not answer: that is for a person to know.
    return why.code != "ec2_unreachable"


def _problem_of(reply: Reply) -> Exception:
    try:
        read(reply)
    except (Refused, Unreachable) as error:
        return error
    return _stranger(reply)


def _stranger(reply: Reply) -> Unreachable:
    return Unreachable(f"The answer ({reply.status}) is not Swapboard's.")


def _reply(answer: Any) -> Reply:
    after = str(answer.headers.get("Retry-After") or "")
    return Reply(
        status=int(answer.status),
        body=answer.read(MOST_BYTES),
        retry_after_s=float(after) if after.isdigit() else None,
    )
