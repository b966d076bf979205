"""swap: the plan, the job and every exit code that needs no driver."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from failover import wiring
from failover.management import door
from failover.models import AuditEntry, Job, Pair
from failover.services import approvals, creation, pairs, regions
from tests.commands.conftest import Manage
from tests.commands.test_regions import aws
from tests.ec2.endpoint import Endpoint, Parameters, Say, Script, refusal
from tests.ec2.test_observe import INSTANCE, listing

PRIMARY, STANDBY = "i-09a505d623e75d4d2", "i-0190e152559b4866c"
ENI = "eni-415e9270"


def article(asked: Parameters) -> Say:
    """Both instances run; the interface is at the primary."""
    if asked["Action"] != "DescribeInstances":
        return aws(asked)
    zone = "<placement><availabilityZone>eu-west-1a</availabilityZone></placement>"
    primary = INSTANCE.replace("<instanceType>", f"{zone}<instanceType>")
    standby = primary.replace(PRIMARY, STANDBY).replace(ENI, "eni-7d37fb4c")
    standby = standby.replace("<deviceIndex>1<", "<deviceIndex>0<")
    return listing("DescribeInstances", primary + standby)


@pytest.fixture
def pair(manage: Manage, serve: Callable[[Script], Endpoint]) -> Endpoint:
    """The article's pair, and the endpoint behind it."""
    served = serve(article)
    manage("add_region", "eu-west-1")
    pairs.create(
        new=creation.NewPair(
            name="article",
            primary_instance_id=PRIMARY,
            standby_instance_id=STANDBY,
            network_interface_id=ENI,
        ),
        region=regions.find(region="eu-west-1"),
        actor=door.operator(),
    )
    return served


def test_a_dry_run_prints_the_plan_and_starts_nothing(
    manage: Manage, pair: Endpoint
) -> None:
    said = manage("swap", "article", "--dry-run")

    assert said.status == 0
    assert said.json["to"] == STANDBY
    assert [c["action"] for c in said.json["calls"]] == [
        "DetachNetworkInterface",
        "AttachNetworkInterface",
    ]
    assert not Job.objects.exists()


def test_an_accepted_swap_is_a_job(manage: Manage, pair: Endpoint) -> None:
    said = manage("swap", "article", "--reason", "drill")

    assert said.status == 0
    job = Job.objects.get()
    assert said.json["id"] == str(job.id)
    assert (job.trigger, job.reason, job.to_instance_id) == ("cli", "drill", STANDBY)


def test_a_second_swap_is_refused_with_the_job_at_work(
    manage: Manage, pair: Endpoint
) -> None:
    manage("swap", "article")

    said = manage("swap", "article")

    assert said.status == 2
    assert said.json["code"] == "job_active"
    assert said.json["job"] == str(Job.objects.get().id)
    row = AuditEntry.objects.order_by("-seq")[0]
    assert (row.action, row.object) == ("swap.request", "pair/article")
    assert (row.outcome, row.reason) == ("refused", "job_active")
    assert row.actor == door.operator().name


def test_a_swap_to_where_it_is_is_refused(manage: Manage, pair: Endpoint) -> None:
    said = manage("swap", "article", "--to", PRIMARY)

    assert (said.status, said.json["code"]) == (2, "already_there")
    assert not Job.objects.exists()


def test_the_glass_is_broken_with_a_reason_and_everybody_is_told(
    manage: Manage, pair: Endpoint
) -> None:
    Pair.objects.update(policy={"approval": True})

    asked = manage("swap", "article", "--reason", "drill")
    silent = manage("swap", "article", "--break-glass", " ")
    twice = manage("swap", "article", "--reason", "r", "--break-glass", "r")
    said = manage("swap", "article", "--break-glass", "nobody answers")

    assert (asked.status, asked.json["code"]) == (2, "approval_required")
    assert (silent.status, list(silent.json["errors"])) == (2, ["reason"])
    assert twice.status == 64
    assert said.status == 0
    job = Job.objects.get()
    assert (said.json["id"], job.reason) == (str(job.id), "nobody answers")
    row = AuditEntry.objects.get(action="break_glass")
    me = door.operator().name
    assert (row.actor, row.reason, row.job_id) == (me, "nobody answers", job.id)
    # The alarm: on every page until somebody else has taken note of it, and in the log.
    assert approvals.list_broken_glass().get().requested_by == me
    assert "swap.break_glass" in said.stderr


def test_an_ec2_that_is_away_refuses(manage: Manage, pair: Endpoint) -> None:
    pair.script = lambda _: refusal("InternalError", status=500)

    said = manage("swap", "article")

    assert (said.status, said.json["code"]) == (2, "ec2_unreachable")


@pytest.mark.parametrize(
    ("state", "status"),
    [("succeeded", 0), ("reversed", 3), ("parked", 4), ("cancelled", 5)],
)
def test_waiting_exits_with_the_jobs_end(
    manage: Manage, pair: Endpoint, state: str, status: int
) -> None:
    def end_it() -> None:
        while not Job.objects.update(state=state, finished_at=wiring.now()):
            time.sleep(0.01)
        connection.close()

    with ThreadPoolExecutor(1) as somebody:
        somebody.submit(end_it)
        said = manage("swap", "article", "--wait")

    assert (said.status, said.json["state"]) == (status, state)


@pytest.mark.parametrize(
    "arguments", [("swap",), ("swap", "nobody"), ("swap", "nobody", "--to")]
)
def test_misuse_and_unknown_pairs_exit_64(
    manage: Manage, arguments: tuple[str, ...]
) -> None:
    assert manage(*arguments).status == 64
