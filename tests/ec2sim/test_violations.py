"""The consistency rules that ec2sim checks itself: each can fail."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ec2sim.state.interface import Association, Attachment, NetworkInterface
from ec2sim.state.region import Region
from ec2sim.wire import dump
from ec2sim.world import DEFAULT_ACCOUNT, World
from tests.ec2sim.conftest import ALLOCATION, FLOATING, PRIMARY, SPARE, STANDBY, SUBNET

ELASTIC = "127.31.58.118"


def row(region: Region, interface_id: str = FLOATING) -> NetworkInterface:
    """An interface that is there."""
    found = region.interfaces.get(interface_id)
    assert found is not None
    return found


def put(region: Region, changed: NetworkInterface) -> None:
    """Put a row that no rule has seen."""
    region.interfaces.put(changed, at=region.now)


def bond(region: Region) -> Attachment:
    """The attachment of the floating interface."""
    found = row(region).attachment
    assert found is not None
    return found


def hold_by_a_ghost(region: Region) -> None:
    ghost = replace(bond(region), instance_id="i-00000000000000000")
    put(region, replace(row(region), attachment=ghost))


def hold_by_the_dead(region: Region) -> None:
    holder = region.instances.get(PRIMARY)
    assert holder is not None
    region.instances.put(replace(holder, state="terminated"), at=region.now)


def hold_across_zones(region: Region) -> None:
    put(region, replace(row(region), zone="eu-west-1c"))


def use_one_attachment_twice(region: Region) -> None:
    put(region, replace(row(region, SPARE), attachment=bond(region)))


def use_one_slot_twice(region: Region) -> None:
    second = replace(bond(region), id="eni-attach-00000000000000001")
    put(region, replace(row(region, SPARE), attachment=second))


def be_in_no_state_at_all(region: Region) -> None:
    odd = replace(bond(region), status="drifting")
    put(region, replace(row(region), attachment=odd))


def exceed_the_limit(region: Region) -> None:
    for index in range(2, 30):
        spare = row(region, SPARE)
        address = replace(spare.addresses[0], address=f"10.99.0.{index}")
        held = replace(bond(region), id=f"eni-attach-{index:017d}", device_index=index)
        put(
            region,
            replace(
                spare,
                id=f"eni-{index:017d}",
                addresses=(address,),
                attachment=held,
            ),
        )


def lose_the_primary_interface(region: Region) -> None:
    for each in region.interfaces.find("attachment.instance-id", STANDBY):
        put(region, replace(each, attachment=None))


def use_one_private_address_twice(region: Region) -> None:
    taken = replace(row(region).addresses[0], association=None)
    spare = row(region, SPARE)
    put(
        region,
        replace(spare, subnet_id=row(region).subnet_id, addresses=(taken,)),
    )


def use_a_free_address(region: Region) -> None:
    region.spaces[row(region).subnet_id].give_back(row(region).private_ip)


def leak_an_address(region: Region) -> None:
    assert region.spaces[SUBNET].take_next()


def be_in_a_subnet_that_is_gone(region: Region) -> None:
    put(region, replace(row(region, SPARE), subnet_id="subnet-00000000"))


def have_two_primary_addresses(region: Region) -> None:
    first = row(region, SPARE).addresses[0]
    second = replace(first, address="10.99.0.1")
    put(region, replace(row(region, SPARE), addresses=(first, second)))


def show_one_elastic_ip_twice(region: Region) -> None:
    spare = row(region, SPARE)
    shown = Association(public_ip=ELASTIC)
    addresses = (replace(spare.addresses[0], association=shown),)
    put(region, replace(spare, addresses=addresses))


def bind_two_to_one_private_address(region: Region) -> None:
    first = region.elastic_ips.get(ALLOCATION)
    assert first is not None
    second = replace(first, id="eipalloc-00000001", public_ip="127.31.0.9")
    region.elastic_ips.put(second, at=region.now)


def allocate_one_address_twice(region: Region) -> None:
    first = region.elastic_ips.get(ALLOCATION)
    assert first is not None
    second = replace(
        first,
        id="eipalloc-00000001",
        association_id=None,
        interface_id=None,
        private_ip=None,
    )
    region.elastic_ips.put(second, at=region.now)


def associate_by_halves(region: Region) -> None:
    address = region.elastic_ips.get(ALLOCATION)
    assert address is not None
    region.elastic_ips.put(replace(address, association_id=None), at=region.now)


def tell_two_things(region: Region) -> None:
    address = region.elastic_ips.get(ALLOCATION)
    assert address is not None
    region.elastic_ips.put(replace(address, interface_id=SPARE), at=region.now)


def bind_to_another_private_address(region: Region) -> None:
    address = region.elastic_ips.get(ALLOCATION)
    assert address is not None
    region.elastic_ips.put(replace(address, private_ip="10.99.0.1"), at=region.now)


def forget_an_allocation(region: Region) -> None:
    region.elastic_ips.drop(ALLOCATION, at=region.now)


def lie_in_the_index(region: Region) -> None:
    # A row of one instance filed under another: what a broken index would do.
    held = replace(bond(region), instance_id=STANDBY, device_index=5)
    liar = replace(row(region), attachment=held)
    truth = row(region)
    put(region, liar)
    region.interfaces._rows[FLOATING] = truth  # noqa: SLF001 - the fault is planted


def be_free_without_having_been_let_go(region: Region) -> None:
    region.note(at=region.now, resource=FLOATING, to="attached", on=PRIMARY)
    put(region, replace(row(region), attachment=None))


def let_go_unseen_after_a_start(region: Region) -> None:
    region.note(at=region.now, resource=FLOATING, to="attached", on=PRIMARY)
    holder = region.instances.get(PRIMARY)
    assert holder is not None
    region.instances.put(replace(holder, launch_time=region.now), at=region.now)
    leaving = replace(bond(region), status="detaching")
    put(region, replace(row(region), attachment=leaving))


def change_state_unseen(region: Region) -> None:
    region.note(at=region.now, resource=PRIMARY, to="running", on=PRIMARY)
    holder = region.instances.get(PRIMARY)
    assert holder is not None
    region.instances.put(replace(holder, state="stopped"), at=region.now)


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (hold_by_a_ghost, f"{FLOATING} is held by i-00000000000000000, which is gone"),
        (hold_by_the_dead, f"{FLOATING} is held by {PRIMARY}, which is gone"),
        (hold_across_zones, f"{FLOATING} is held across zones by {PRIMARY}"),
        (use_one_attachment_twice, "is used 2 times"),
        (use_one_slot_twice, f"{PRIMARY} has 2 interfaces at device index 1"),
        (be_in_no_state_at_all, f"{FLOATING} is drifting, which no attachment can be"),
        (exceed_the_limit, f"{PRIMARY} has 30 interfaces of"),
        (lose_the_primary_interface, f"{STANDBY} has no primary interface"),
        (use_one_private_address_twice, "is 2 times in subnet-"),
        (use_a_free_address, "and free at once"),
        (leak_an_address, f"{SUBNET} has lost 1 addresses that nobody uses"),
        (be_in_a_subnet_that_is_gone, "is in subnet-00000000, which is gone"),
        (have_two_primary_addresses, f"{SPARE} has not one primary address"),
        (show_one_elastic_ip_twice, f"{ELASTIC} is on 2 interfaces"),
        (bind_two_to_one_private_address, f"of {FLOATING} has 2 Elastic IPs"),
        (allocate_one_address_twice, f"{ELASTIC} is allocated 2 times"),
        (associate_by_halves, f"{ALLOCATION} is associated by halves"),
        (tell_two_things, f"{ALLOCATION} should be on ['{SPARE}']"),
        (bind_to_another_private_address, f"{ALLOCATION} is not on 10.99.0.1"),
        (forget_an_allocation, f"{ALLOCATION} is shown on ['{FLOATING}'], and is not"),
        (lie_in_the_index, f"{STANDBY} is said to hold"),
        (
            be_free_without_having_been_let_go,
            f"{FLOATING} is available, and was last seen to become attached",
        ),
        (
            let_go_unseen_after_a_start,
            f"{FLOATING} is detaching, and was last seen to become attached",
        ),
        (change_state_unseen, f"{PRIMARY} is stopped, and was last running"),
    ],
)
def test_a_planted_violation_is_found(
    world: World, plant: Callable[[Region], None], said: str
) -> None:
    region = world.region(DEFAULT_ACCOUNT, "eu-west-1")
    assert dump.state(world)["violations"] == []

    plant(region)

    found = dump.state(world)["violations"]
    assert any(said in each for each in found), found


def test_an_address_that_two_accounts_have_is_found(world: World) -> None:
    other = world.region("210987654321", "eu-west-1")
    mine = world.region(DEFAULT_ACCOUNT, "eu-west-1").elastic_ips.get(ALLOCATION)
    assert mine is not None

    other.elastic_ips.put(
        replace(mine, association_id=None, interface_id=None, private_ip=None),
        at=other.now,
    )

    assert dump.state(world)["violations"] == [f"{ELASTIC} is allocated 2 times"]
