"""A reply that never comes: the same key is sent again, and one job is made."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

from failover import models
from tests.services.world import STANDBY
from tests.swapctl.conftest import Shell


@contextmanager
def losing_replies(
    url: str, *, of: bytes, times: int
) -> Iterator[tuple[str, list[bytes]]]:
    """A way to the server on which the first replies to such requests are lost."""
    server = urlsplit(url)
    listener = socket.create_server(("127.0.0.1", 0))
    lost: list[bytes] = []

    def carry(client: socket.socket) -> None:
        with (
            closing(client),
            closing(socket.create_connection((server.hostname, server.port))) as behind,
        ):
            request = _read_request(client)
            behind.sendall(request)
            reply = b""
            while piece := behind.recv(65536):
                reply += piece
            if of in request.partition(b"\r\n")[0] and len(lost) < times:
                lost.append(request)
                return
            client.sendall(reply)

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=carry, args=(client,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    with closing(listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", lost


def _read_request(client: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        request += client.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(x[15:]) for x in lines if x.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def test_a_lost_reply_makes_no_second_job(shell: Shell) -> None:
    with losing_replies(shell.url, of=b"POST", times=2) as (url, lost):
        done = shell.type("swap", "article", SWAPCTL_URL=url)

    assert done.returncode == 0, done.stderr
    job = json.loads(done.stdout)
    assert job["to_instance_id"] == STANDBY
    assert [str(j.id) for j in models.Job.objects.all()] == [job["id"]]
    keys = {line for r in lost for line in r.split(b"\r\n") if b"Idempotency" in line}
    assert (len(lost), len(keys)) == (2, 1)
    assert "Asking again" in done.stderr


def test_a_job_is_followed_through_lost_replies(shell: Shell, worker: None) -> None:
    with losing_replies(shell.url, of=b"/jobs/", times=2) as (url, lost):
        done = shell.type("swap", "article", "--wait", SWAPCTL_URL=url)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["state"] == "succeeded"
    assert len(lost) == 2


def test_a_server_that_is_away_is_said_and_not_waited_for_long(shell: Shell) -> None:
    away = shell.type("pairs", "--patience", "0.5", SWAPCTL_URL="http://127.0.0.1:9")
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        threading.Thread(target=_be_a_stranger, args=(mute,), daemon=True).start()
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        stranger = shell.type("pairs", "--patience", "0.5", SWAPCTL_URL=url)

    assert away.returncode == stranger.returncode == 69
    assert "does not answer" in away.stderr
    assert "not Swapboard's" in stranger.stderr


def _be_a_stranger(mute: socket.socket) -> None:
    while True:
        try:
            client, _ = mute.accept()
        except OSError:
            return
        with closing(client):
            _read_request(client)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmoin")
