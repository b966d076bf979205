"""A reconciler over a real database and an EC2 that a test scripts."""

import threading
from collections.abc import Callable, Iterator

import pytest

from failover import models, reconciler, wiring
from tests.ec2 import endpoint
from tests.ec2.endpoint import Endpoint, Script


@pytest.fixture
def anew(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database, and no gateway or clock that another test has left."""
    wiring.end()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    yield database
    wiring.end()


@pytest.fixture
def serve(
    anew: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Script], Endpoint]]:
    """Let EC2 and STS answer as a script says."""
    with endpoint.in_place_of_aws(monkeypatch) as start:
        yield start


@pytest.fixture
def region(anew: str) -> models.Region:
    account = models.Account.objects.create(name="default")
    return models.Region.objects.create(
        account=account, name="eu-west-1", aws_account_id="123456789012"
    )


@pytest.fixture
def reconcile(anew: str) -> reconciler.Reconciler:
    return reconciler.Reconciler(name="rita", vantage="here", stop=threading.Event())
