"""The article's world in ec2sim, a database of the test's own, and a named cast."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django.db import connections

from failover import models, wiring
from failover.engine import run
from failover.services import inventory, pairs, queries, regions
from failover.services.access import Actor
from failover.services.creation import NewPair
from failover.services.people import tokens, users

PRIMARY = "i-09a505d623e75d4d2"
STANDBY = "i-0190e152559b4866c"
FLOATING = "eni-415e9270"
ALLOCATION = "eipalloc-4f07e372"
REGION = "eu-west-1"
ARTICLE = NewPair(
    name="article",
    primary_instance_id=PRIMARY,
    standby_instance_id=STANDBY,
    network_interface_id=FLOATING,
)
SHELL = Actor(name="cli:root", role="admin", trigger="cli")
OLGA = Actor(name="olga", role="operator", trigger="api")


@dataclass(frozen=True, slots=True)
class Sim:
    """An ec2sim process and its controls."""

    url: str
    # One for all calls: each that is made anew reads the machine's certificates.
    http: httpx.Client

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        reply = self.http.post(f"/_sim/{path}", json=body or {})
        reply.raise_for_status()
        return reply.json()

    def calls(self, action: str = "") -> list[dict[str, Any]]:
        text = self.http.get("/_sim/calls").text
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        found = [e for e in lines if e["event"] == "call"]
        return [e for e in found if not action or e["action"] == action]

    def mutating_calls(self) -> list[dict[str, Any]]:
        return [c for c in self.calls() if not c["action"].startswith("Describe")]

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.http.get("/_sim/state").json()
        return state

    def end_faults(self) -> None:
        self.http.delete("/_sim/faults").raise_for_status()

    def send(self, action: str, **arguments: Any) -> None:
        """A call from the console, by somebody who does not know Swapboard."""
        query = {"Action": action, "Version": "2016-11-15", **arguments}
        signed = (
            "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/ec2/aws4_request, "
            "SignedHeaders=host, Signature=0"
        )
        reply = self.http.post("/", data=query, headers={"Authorization": signed})
        reply.raise_for_status()


@pytest.fixture(scope="session")
def sim_process() -> Iterator[Sim]:
    """One simulator for all tests of a folder; each test seeds it anew."""
    command = [sys.executable, "-m", "ec2sim", "--seed-article", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--latency-s", "0", "--detach-s", "0.05", "--attach-s", "0.05"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = json.loads(process.stdout.readline())["url"]
        with httpx.Client(base_url=url, timeout=10) as http:
            yield Sim(url, http)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


@pytest.fixture
def sim(sim_process: Sim, monkeypatch: pytest.MonkeyPatch) -> Sim:
    """The article's world, as on the first day."""
    sim_process.end_faults()
    sim_process.control("reset")
    sim_process.control("seed", {"article": True})
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", sim_process.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    return sim_process


@pytest.fixture
def region(sqlite_database: str, sim: Sim) -> Iterator[models.Region]:
    """The region under management and read once."""
    wiring.start_anew()
    row = regions.add(region=REGION, actor=SHELL)
    inventory.sync(row)
    row.refresh_from_db()
    yield row
    wiring.start_anew()


@pytest.fixture
def article(region: models.Region) -> models.Pair:
    """The article's pair."""
    pairs.create(new=ARTICLE, region=region, actor=SHELL)
    return queries.get_pair("article")


def make_token(name: str, role: str) -> str:
    """A user of that role, and a token of theirs."""
    users.create_user(name=name, role=role, password=None, actor=SHELL)
    return tokens.make(user_name=name, actor=SHELL)


def finish(job: models.Job, *, run_for_s: float = 10.0, **numbers: Any) -> models.Job:
    """Drive the region, as a worker would, until the job has ended or time is up."""
    # The pause before the verifying look is the engine's own tests' concern.
    limits = dataclasses.replace(
        wiring.limits(), verify_after_s=0.1, run_for_s=run_for_s, **numbers
    )
    with wiring.ConnectionPool(8) as pool:
        run.run_region(
            region_id=job.region_id,
            owner="wanda",
            ec2=wiring.gateway(job.region),
            store=wiring.store(),
            clock=wiring.clock(),
            pool=pool,
            prober=wiring.prober(),
            probe_pool=pool,
            limits=limits,
            new_id=wiring.new_uuid,
            should_stop=lambda: False,
            log=wiring.DriverLog(),
        )
        for _ in range(8):
            pool.submit(connections.close_all)
    job.refresh_from_db()
    return job
