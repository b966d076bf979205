"""Runs the product and ec2sim as their own processes and talks to them over HTTP."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from controlpanel import broker
from tests.journeys import commands

ROOT = Path(__file__).resolve().parents[2]
PRIMARY = "i-09a505d623e75d4d2"
STANDBY = "i-0190e152559b4866c"
INTERFACE = "eni-415e9270"
ALLOCATION = "eipalloc-4f07e372"
ELASTIC_IP = "127.31.58.118"
TERMINAL = {"succeeded", "reversed", "cancelled"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], *, within_s: float, saying: str) -> Any:
    """The first true answer of `what`; fails with `saying` when none came in time."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        answer = what()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"Not within {within_s} s: {saying}")


class Ec2Sim:
    """ec2sim as its own process, with its controls."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.log = folder / "ec2sim.log"
        self._arguments = ("--log", str(self.log), *arguments)
        self.start()
        self.http = httpx.Client(base_url=self.url, timeout=30)

    def start(self, *, port: int = 0) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "ec2sim", "--port", str(port)),
                *self._arguments,
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        with self.process.stdout as said:
            line = said.readline()
        self.url = json.loads(line)["url"].rstrip("/")

    def control(self, path: str, **body: Any) -> Any:
        reply = self.http.post(f"/_sim/{path}", json=body)
        reply.raise_for_status()
        return reply.json()

    def state(self) -> Any:
        return self.http.get("/_sim/state").raise_for_status().json()

    def holder(self, interface_id: str = INTERFACE) -> str | None:
        seen = self.state()["interfaces"][interface_id]
        if seen["attachment_status"] != "attached":
            return None
        return str(seen["instance_id"])

    def calls(self) -> list[dict[str, Any]]:
        text = self.http.get("/_sim/calls").raise_for_status().text
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    def client(self) -> Any:
        return boto3.client(
            "ec2",
            endpoint_url=self.url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def stop(self) -> None:
        self.http.close()
        end(self.process)


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
    if process.poll() is None:
        process.kill()
        process.wait(timeout=15)


def children(pid: int) -> dict[int, str]:
    """The live descendants of a process with their command lines."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                after = (entry / "stat").read_text().rpartition(")")[2].split()
                if after[0] != "Z":
                    parents[int(entry.name)] = int(after[1])
    found: dict[int, str] = {}
    level = {pid}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        for child in level:
            with contextlib.suppress(OSError):
                raw = (Path("/proc") / str(child) / "cmdline").read_bytes()
                found[child] = raw.replace(b"\0", b" ").decode()
    return found


@dataclass
class House:
    """`manage.py up` against an ec2sim, with an admin's token."""

    folder: Path
    sim: Ec2Sim
    database_url: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    # The code that runs: this tree, or another release of it.
    root: Path = ROOT
    process: subprocess.Popen[str] = field(init=False)
    http: httpx.Client = field(init=False)
    password: str = field(init=False, default="a long pass phrase for anna")

    def __post_init__(self) -> None:
        # One, as each that is made anew reads the machine's certificates; but a
        # connection for each question, as whoever answers may be gone at the next.
        every_time = httpx.Limits(max_keepalive_connections=0)
        self.stranger = httpx.Client(timeout=2, limits=every_time)
        self.clients = [self.stranger]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
            "DATA_DIR": str(self.folder / "var"),
            "PORT": str(self.port),
            "AWS_ENDPOINT_URL_EC2": self.sim.url,
            "AWS_ENDPOINT_URL_STS": self.sim.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "PROBE_ALLOW_NETS": "127.31.0.0/16",
            **self.settings,
        }
        if self.database_url:
            self.environment["DATABASE_URL"] = self.database_url
            self.environment["SECRET_KEY"] = "k" * 64
        else:
            commands.furnish(Path(self.environment["DATA_DIR"]))
        self.start()
        self.http = self.as_role("anna", password=self.password)

    def start(self) -> None:
        with (self.folder / "up.err").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(self.port)],
                cwd=self.root,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
            )
        try:
            wait_for(self.is_ready, within_s=60, saying="/readyz is ok")
        except AssertionError:
            end(self.process)
            raise

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "up.err").read_text()[-4000:])
        with contextlib.suppress(httpx.HTTPError):
            return self.stranger.get(f"{self.url}/readyz").status_code == 200
        return False

    def manage(self, *arguments: str, typed: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def as_role(
        self, name: str, role: str = "admin", *, password: str = ""
    ) -> httpx.Client:
        """A new user, or one in a new role, as a program with a token of theirs."""
        typing = ["--password-stdin"] if password else []
        said = commands.run(
            ["create_user", name, "--role", role, *typing],
            ["create_token", name],
            root=self.root,
            environment=self.environment,
            typed=password,
        )
        token = said.splitlines()[-1]
        client = httpx.Client(
            base_url=f"{self.url}/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        self.clients.append(client)
        return client

    def add_article(self, **more: Any) -> None:
        """The article's region and pair."""
        reply = self.http.post("regions/", json={"region": "eu-west-1"})
        assert reply.status_code in {201, 409}, reply.text
        body = {
            "name": "article",
            "region": "eu-west-1",
            "strategy": "eni",
            "primary_instance_id": PRIMARY,
            "standby_instance_id": STANDBY,
            "network_interface_id": INTERFACE,
            "device_index": 1,
            **more,
        }
        reply = self.http.post("pairs/", json=body)
        assert reply.status_code == 201, reply.text

    def swap(self, to: str, **more: Any) -> dict[str, Any]:
        reply = self.http.post(
            "pairs/article/swap",
            json={"to": to, **more},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        assert reply.status_code == 202, reply.text
        return dict(reply.json())

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.http.get(f"jobs/{job_id}").raise_for_status().json())

    def wait_for_end(self, job_id: str, *, within_s: float) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["state"] in TERMINAL else None

        job: dict[str, Any] = wait_for(
            ended, within_s=within_s, saying=f"job {job_id} has ended"
        )
        return job

    def broker_url(self) -> str:
        """Where the wake-ups go: the broker asked for, or the embedded one."""
        embedded = broker.url(data_dir=Path(self.environment["DATA_DIR"]))
        return self.settings.get("REDIS_URL", embedded)

    def pid_of(self, word: str) -> int:
        """The process whose command line has `word`; its own parent among many."""
        return min(p for p, line in children(self.process.pid).items() if word in line)

    def stop(self) -> None:
        for client in self.clients:
            client.close()
        end(self.process)


def browse(home: House, address: str = ELASTIC_IP) -> str:
    """What a browser on the Elastic IP gets; empty while nobody answers.

    Asked of this world's own simulator: the address itself can be bound by only one
    of the simulators that tests keep at a time (tests/ec2sim has the address).
    """
    reply = home.sim.http.get(f"/_sim/browse/{address}/")
    return reply.text if reply.status_code == 200 else ""


@contextlib.contextmanager
def opened(
    folder: Path, *, sim: tuple[str, ...], database_url: str | None = None, **more: str
) -> Iterator[House]:
    """A simulator and the product beside it, both ended afterwards."""
    world = Ec2Sim(folder, *sim)
    try:
        settings = {"VERIFY_AFTER_S": "1", **more}
        home = House(folder, world, database_url=database_url, settings=settings)
        try:
            yield home
        finally:
            home.stop()
    finally:
        world.stop()


@contextlib.contextmanager
def article(
    folder: Path,
    *,
    sim: tuple[str, ...] = ("--detach-s", "0.6", "--attach-s", "0.4"),
    database_url: str | None = None,
    **settings: str,
) -> Iterator[House]:
    """The article's world with the product beside it, both ended afterwards."""
    seeded = ("--seed-article", *sim)
    with opened(folder, sim=seeded, database_url=database_url, **settings) as home:
        home.add_article()
        yield home
