"""A device index that force has spoilt."""

import pytest

from failover import models, wiring
from failover.engine.topology import Instance, InstanceId, Observation, Scope
from failover.models import Job, Pair
from failover.services import burnt, inventory, queries, refusals, swaps
from tests.services import world
from tests.services.moving import Console
from tests.services.readiness import readying
from tests.services.world import OLGA, PRIMARY, Sim


def force_a_swap(pair: Pair, sim: Sim) -> Job:
    """From a hung guest, whose device index that spoils."""
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    job = swaps.request_swap(pair=pair, actor=OLGA, force=True)
    Job.objects.filter(id=job.id).update(force_after_s=0.2)
    job = world.finish(job)
    assert (job.state, job.is_index_burnt) == ("succeeded", True)
    return job


def test_an_index_that_force_has_spoilt_is_not_ready_until_a_stop_and_start(
    article: Pair, region: models.Region, console: Console, sim: Sim
) -> None:
    force_a_swap(article, sim)

    readying.judge()

    assert readying.failed() == {"needs_start_stop": "error"}
    assert PRIMARY in readying.said("needs_start_stop")
    with pytest.raises(refusals.PreflightFailed):
        swaps.request_swap(pair=queries.get_pair("article"), actor=OLGA, force=True)

    # Stamps of EC2 have whole seconds.
    readying.let_pass(3)
    sim.control(f"instances/{PRIMARY}", {"guest": "ok"})
    console.ec2.stop_instances(InstanceIds=[PRIMARY], Force=True)
    console.ec2.get_waiter("instance_stopped").wait(
        InstanceIds=[PRIMARY], WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    console.ec2.start_instances(InstanceIds=[PRIMARY])
    console.ec2.get_waiter("instance_running").wait(
        InstanceIds=[PRIMARY], WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    inventory.sync(region)
    readying.judge()
    assert "needs_start_stop" not in readying.failed()
    article.refresh_from_db()
    assert article.needs_start_stop == []


def test_an_index_is_spoilt_though_its_instance_was_launched_in_that_second(
    article: Pair, region: models.Region, console: Console, sim: Sim
) -> None:
    job = force_a_swap(article, sim)
    forced = job.intents.get(args__Force=True)
    forced.ended_at = wiring.now().replace(microsecond=900_000)
    forced.save()
    launched = forced.ended_at.replace(microsecond=100_000)
    instance = Instance(
        id=InstanceId(PRIMARY), state="running", launch_time=launched.isoformat()
    )
    seen = Observation(
        scope=Scope(),
        began_at=0.0,
        ended_at=0.0,
        instances={instance.id: instance},
    )

    burns = burnt.find([article], seen)

    assert [b.instance_id for b in burns[article.pk]] == [PRIMARY]
