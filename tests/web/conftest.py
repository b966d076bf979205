"""The article's world behind the pages: ec2sim, a database, and people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ec2sim import server
from ec2sim.config import Config
from failover import models, wiring
from failover.services import access, inventory, pairs

PRIMARY = "i-09a505d623e75d4d2"
STANDBY = "i-0190e152559b4866c"
FLOATING = "eni-415e9270"
SPARE = "eni-b408c485"
BACKEND = "django.contrib.auth.backends.ModelBackend"
PEOPLE = {"anna": "admin", "olaf": "operator", "vera": "viewer", "nils": ""}


@dataclass
class Home:
    """The product with the pair `article`, and its EC2."""

    sim: server.Running
    region: models.Region
    pair: models.Pair

    def client(self, name: str, *, htmx: bool = False) -> Client:
        """A browser of that person."""
        headers = {"HX-Request": "true"} if htmx else {}
        client = Client(headers=headers)
        client.force_login(models.User.objects.get(username=name), backend=BACKEND)
        return client

    def job(self, **columns: Any) -> models.Job:
        """A job as the engine might have left it."""
        now = wiring.now()
        return models.Job.objects.create(
            **{
                "region": self.region,
                "pair": self.pair,
                "pair_name": self.pair.name,
                "kind": "swap",
                "network_interface_id": FLOATING,
                "from_instance_id": PRIMARY,
                "to_instance_id": STANDBY,
                "trigger": "ui",
                "requested_by": "anna",
                "requested_at": now - timedelta(seconds=5),
                **columns,
            }
        )


@pytest.fixture
def people(sqlite_database: str) -> None:
    for name, role in PEOPLE.items():
        models.User.objects.create(username=name, role=role)


@pytest.fixture(scope="module")
def sim() -> Iterator[server.Running]:
    """One EC2 for the tests of a module; what a test breaks there it mends."""
    config = Config(latency_s=0, detach_s=0.2, attach_s=0.1)
    with (
        server.start(config=config, sown={"article": True}) as running,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("AWS_ENDPOINT_URL", running.url)
        wiring.start_anew()
        yield running
    wiring.start_anew()


@pytest.fixture
def home(people: None, sim: server.Running) -> Home:
    """The article's world, read once, with its pair."""
    region = models.Region.objects.create(
        account=models.Account.objects.create(name="default"), name="eu-west-1"
    )
    inventory.sync(region)
    pair = pairs.create(
        new=pairs.NewPair(
            name="article",
            primary_instance_id=PRIMARY,
            standby_instance_id=STANDBY,
            network_interface_id=FLOATING,
        ),
        region=region,
        actor=access.Actor(name="anna", role="admin", trigger="cli"),
    )
    # Both processes live, as far as the pages can see.
    models.ReconcilerBeat.objects.create(name="reconciler", seen_at=wiring.now())
    models.WorkerBeat.objects.create(name="worker", seen_at=wiring.now())
    return Home(sim=sim, region=region, pair=pair)
