"""Pairs of the strategies that move in one call, from creation to the way back."""

import pytest

from failover import models, wiring
from failover.models import Job, Pair, PairResource, ResourceLock
from failover.services import guarding, pairs, queries, refusals, swaps
from tests.services import moving
from tests.services.moving import (
    ADDRESS,
    DESTINATION,
    FIRST,
    SECOND,
    SUBNET,
    Console,
)
from tests.services.world import OLGA, PRIMARY, SHELL, STANDBY, Sim, finish


@pytest.fixture
def vip(region: models.Region, console: Console) -> Pair:
    """An Elastic IP on the primary's first interface."""
    allocation = console.allocate()
    console.associate(allocation, FIRST)
    return moving.make_pair(region, "vip", strategy="eip", allocation_id=allocation)


@pytest.fixture
def address(region: models.Region, console: Console) -> Pair:
    """A secondary private address on the primary's first interface."""
    console.assign(ADDRESS, FIRST)
    return moving.make_pair(
        region, "address", strategy="private-ip", private_ip=ADDRESS
    )


@pytest.fixture
def routes(region: models.Region, console: Console) -> Pair:
    """Two tables that lead to the primary's first interface."""
    tables = console.make_tables(2)
    console.lead(tables, FIRST)
    console.stop_checking(FIRST, SECOND)
    return moving.make_pair(
        region,
        "routes",
        strategy="route",
        route_table_ids=tuple(tables),
        destination_cidr=DESTINATION,
    )


def ends_of_keys(pair: Pair) -> set[str]:
    keys = PairResource.objects.filter(pair=pair).values_list("key", flat=True)
    return {key.split(":", 2)[2] for key in keys}


def test_a_new_pair_knows_who_is_active_and_what_its_jobs_will_lock(
    vip: Pair, address: Pair, routes: Pair
) -> None:
    for pair in (vip, address, routes):
        view = queries.view_pair(pair)
        assert view.active_instance_id == view.desired_instance_id == PRIMARY, pair
        assert view.sync == "as-expected", pair
        assert view.network_interface_id is None
    assert ends_of_keys(vip) == {f"allocation:{vip.allocation_id}"}
    assert ends_of_keys(address) == {f"address:{SUBNET}:{ADDRESS}"}
    tables = routes.route_table_ids
    assert ends_of_keys(routes) == {f"route:{t}:{DESTINATION}" for t in tables}


@pytest.mark.parametrize(
    ("name", "actions"),
    [
        ("vip", ["AssociateAddress"]),
        ("address", ["AssignPrivateIpAddresses"]),
        ("routes", ["ReplaceRoute", "ReplaceRoute"]),
    ],
)
def test_a_swap_is_one_call_for_each_part_and_so_is_the_way_back(
    name: str, actions: list[str], vip: Pair, address: Pair, routes: Pair, sim: Sim
) -> None:
    pair = queries.get_pair(name)
    plan = swaps.get_plan(pair=pair)
    before = len(sim.mutating_calls())

    job = finish(swaps.request_swap(pair=pair, actor=OLGA, force=True))

    view = queries.view_job(job)
    assert view.state == "succeeded", view
    assert [c.action for c in plan.calls] == actions
    assert [c["action"] for c in sim.mutating_calls()[before:]] == actions
    assert [(s.name, s.state) for s in view.steps] == [
        ("check", "done"),
        ("move", "done"),
        ("verify", "done"),
    ]
    assert view.steps[1].calls == len(actions)
    assert view.outage_s is not None
    assert STANDBY in view.message
    shown = queries.view_pair(queries.get_pair(name))
    assert shown.active_instance_id == shown.desired_instance_id == STANDBY
    assert ResourceLock.objects.count() == 0

    back = finish(swaps.request_swap(pair=pair, actor=OLGA, force=True))

    assert back.state == "succeeded"
    shown = queries.view_pair(queries.get_pair(name))
    assert shown.active_instance_id == PRIMARY


def test_a_job_pins_both_ends_of_what_it_moves(vip: Pair) -> None:
    job = swaps.request_swap(pair=vip, actor=OLGA, force=True)

    assert job.moving is not None
    assert job.moving["parts"][0]["allocation_id"] == vip.allocation_id
    assert job.moving["source"] == {
        "instance_id": PRIMARY,
        "interface_id": FIRST,
        "private_ip": "20.0.1.254",
    }
    assert job.moving["target"]["interface_id"] == SECOND
    assert job.network_interface_id == ""
    with pytest.raises(refusals.JobActive):
        swaps.request_swap(pair=vip, actor=OLGA)


def test_jobs_of_several_such_pairs_do_not_stand_in_each_others_way(
    vip: Pair, address: Pair, routes: Pair
) -> None:
    batch = swaps.request_many(pairs=[vip, address, routes], actor=OLGA, force=True)

    assert batch.refused == ()
    assert [j.strategy for j in batch.accepted] == ["eip", "private-ip", "route"]
    finish(batch.accepted[0])
    states = set(Job.objects.values_list("state", flat=True))
    assert states == {"succeeded"}


def test_a_cancel_after_the_call_brings_it_back(address: Pair) -> None:
    job = swaps.request_swap(pair=address, actor=OLGA)
    Job.objects.filter(id=job.id).update(
        state="running", first_intent_at=wiring.now(), version=1
    )
    swaps.cancel(job_id=job.id, actor=OLGA)

    ended = finish(job)

    assert ended.state == "reversed"
    assert "back at" in queries.view_job(ended).message
    shown = queries.view_pair(queries.get_pair("address"))
    assert shown.active_instance_id == PRIMARY


def test_what_comes_along_with_an_address_is_locked_with_it(
    region: models.Region, console: Console
) -> None:
    console.assign(ADDRESS, FIRST)
    allocation = console.allocate()
    console.associate(allocation, FIRST, PrivateIpAddress=ADDRESS)

    pair = moving.make_pair(
        region, "address", strategy="private-ip", private_ip=ADDRESS
    )

    assert f"allocation:{allocation}" in ends_of_keys(pair)
    with pytest.raises(refusals.PreflightFailed) as refused:
        moving.make_pair(region, "vip", strategy="eip", allocation_id=allocation)
    assert [c.code for c in refused.value.checks] == ["resource_taken"]
    job = finish(swaps.request_swap(pair=pair, actor=OLGA))
    assert job.state == "succeeded"
    assert queries.get_elastic_ip(allocation).instance_id == STANDBY


@pytest.mark.parametrize(
    ("moved", "failed"),
    [
        ({"strategy": "eip", "allocation_id": "eipalloc-00000001"}, "resource_found"),
        ({"strategy": "private-ip", "private_ip": "20.0.1.254"}, "addresses"),
        (
            {
                "strategy": "route",
                "route_table_ids": ("rtb-00000001",),
                "destination_cidr": DESTINATION,
            },
            "resource_found",
        ),
    ],
)
def test_a_pair_that_can_never_work_is_refused_with_its_check(
    region: models.Region, moved: dict[str, object], failed: str
) -> None:
    with pytest.raises(refusals.PreflightFailed) as refused:
        moving.make_pair(region, "wrong", **moved)

    assert failed in {c.code for c in refused.value.checks if not c.ok}
    assert not Pair.objects.exists()


def test_the_fields_of_another_strategy_are_refused(region: models.Region) -> None:
    with pytest.raises(refusals.Invalid) as refused:
        moving.make_pair(
            region, "both", strategy="eip", private_ip=ADDRESS, allocation_id=""
        )

    assert set(refused.value.errors) == {"allocation_id", "private_ip"}


def test_an_interface_that_drops_what_a_route_brings_stops_the_swap(
    routes: Pair, console: Console
) -> None:
    console.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=SECOND, SourceDestCheck={"Value": True}
    )

    with pytest.raises(refusals.PreflightFailed) as refused:
        swaps.request_swap(pair=routes, actor=OLGA, force=True)

    failed = [c for c in refused.value.checks if not c.ok]
    assert [c.code for c in failed] == ["source_dest_check"]
    assert SECOND in failed[0].detail


def test_routes_that_lead_both_ways_have_no_holder_until_a_swap_joins_them(
    routes: Pair, console: Console, region: models.Region
) -> None:
    first, _ = routes.route_table_ids
    console.ec2.replace_route(
        RouteTableId=first, DestinationCidrBlock=DESTINATION, NetworkInterfaceId=SECOND
    )

    moving.refresh(region, "routes")
    view = moving.refresh(region, "routes")

    assert view.active_instance_id is None
    assert (view.is_mixed, view.sync) == (True, "drifted")
    with pytest.raises(refusals.MixedHolder):
        pairs.adopt(pair=queries.get_pair("routes"), actor=OLGA)
    job = finish(pairs.put_back(pair=queries.get_pair("routes"), actor=OLGA))
    assert job.state == "succeeded"
    assert moving.refresh(region, "routes").active_instance_id == PRIMARY


def test_a_move_by_somebody_else_is_drift_that_can_be_adopted(
    vip: Pair, console: Console, region: models.Region
) -> None:
    console.associate(vip.allocation_id, SECOND, AllowReassociation=True)

    moving.refresh(region, "vip")
    view = moving.refresh(region, "vip")

    assert (view.active_instance_id, view.sync) == (STANDBY, "drifted")
    pairs.adopt(pair=queries.get_pair("vip"), actor=OLGA)
    assert moving.refresh(region, "vip").sync == "as-expected"


def test_the_guard_repairs_an_elastic_ip_that_leads_nowhere(
    vip: Pair, console: Console, region: models.Region
) -> None:
    found = console.ec2.describe_addresses(AllocationIds=[vip.allocation_id])
    console.ec2.disassociate_address(
        AssociationId=found["Addresses"][0]["AssociationId"]
    )
    moving.refresh(region, "vip")

    assert [p.name for p in guarding.list_suspects()] == ["vip"]
    assert guarding.guard_repair(pair=vip) is None
    # Two seconds later, told without waiting for them.
    vip.refresh_from_db()
    assert vip.free_seen_at is not None
    moved_back = {
        "free_seen_at": vip.free_seen_at - 3,
        "settled_at": vip.settled_at - 10,
    }
    Pair.objects.filter(id=vip.pk).update(**moved_back)
    job = guarding.guard_repair(pair=vip)

    assert job is not None
    assert (job.trigger, job.to_instance_id, job.from_instance_id) == (
        "guard",
        PRIMARY,
        "",
    )
    assert "Elastic IP" in job.reason
    assert finish(job).state == "succeeded"


def test_a_route_table_can_be_added_to_a_pair_and_what_moves_can_not_be_changed(
    routes: Pair, console: Console
) -> None:
    tables = (*routes.route_table_ids, *console.make_tables(1))
    console.lead([tables[-1]], FIRST)

    changed = pairs.update(
        pair=routes, change=pairs.PairChange(route_table_ids=tables), actor=SHELL
    )

    assert changed.route_table_ids == list(tables)
    assert len(ends_of_keys(changed)) == 3
    with pytest.raises(refusals.Invalid):
        pairs.update(
            pair=routes, change=pairs.PairChange(route_table_ids=()), actor=SHELL
        )


@pytest.mark.parametrize("name", ["vip", "address", "routes"])
def test_what_a_terminated_primary_had_is_swapped_to_the_standby(
    name: str, vip: Pair, address: Pair, routes: Pair, console: Console
) -> None:
    console.ec2.terminate_instances(InstanceIds=[PRIMARY])
    console.ec2.get_waiter("instance_terminated").wait(
        InstanceIds=[PRIMARY], WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    pair = queries.get_pair(name)

    job = finish(swaps.request_swap(pair=pair, to=STANDBY, actor=OLGA, force=True))

    assert job.state == "succeeded", queries.view_job(job)
    assert queries.view_pair(queries.get_pair(name)).active_instance_id == STANDBY


def test_an_address_that_somebody_has_put_on_a_third_interface_is_drift(
    address: Pair, console: Console, region: models.Region
) -> None:
    spare = console.ec2.create_network_interface(SubnetId=SUBNET)
    console.assign(ADDRESS, spare["NetworkInterface"]["NetworkInterfaceId"])

    moving.refresh(region, "address")
    view = moving.refresh(region, "address")

    # On an interface that no instance has, it serves nobody and counts as free.
    assert (view.active_instance_id, view.sync) == (None, "drifted")
    assert view.seen_interface_id == spare["NetworkInterface"]["NetworkInterfaceId"]
    assert [p.name for p in guarding.list_suspects()] == ["address"]
    job = finish(pairs.put_back(pair=queries.get_pair("address"), actor=OLGA))
    assert job.state == "succeeded"
    assert moving.refresh(region, "address").active_instance_id == PRIMARY
