"""A pin with a known weakness fails the check; a service that is away is said to be."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.project.files import ROOT

KNOWN = {
    "id": "GHSA-0000-0000-0000",
    "summary": "a hole",
    "affected": [
        {
            "package": {"name": "leaky", "ecosystem": "PyPI"},
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [{"introduced": "0"}, {"fixed": "1.1"}],
                }
            ],
        }
    ],
}


@contextmanager
def osv(answer: Any) -> Iterator[str]:
    """A service of OSV that answers the same about every package."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


def audit(tmp_path: Path, service: str) -> subprocess.CompletedProcess[str]:
    lock = tmp_path / "small.lock"
    lock.write_text(f"leaky==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    return subprocess.run(
        [sys.executable, "make/audit.py", str(lock)],
        cwd=ROOT,
        env={**os.environ, "OSV_URL": service},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_pin_with_a_known_weakness_fails(tmp_path: Path) -> None:
    with osv({"vulns": [KNOWN]}) as service:
        done = audit(tmp_path, service)

    assert done.returncode == 1
    assert "GHSA-0000-0000-0000" in done.stdout


def test_pins_without_one_pass(tmp_path: Path) -> None:
    with osv({}) as service:
        assert audit(tmp_path, service).returncode == 0


def test_a_service_that_is_away_is_said_and_fails_nothing(tmp_path: Path) -> None:
    done = audit(tmp_path, "http://127.0.0.1:9/v1/query")

    assert done.returncode == 75
    assert "not checked: http://127.0.0.1:9/v1/query is unreachable" in done.stdout
