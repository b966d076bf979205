"""What the readiness of a pair is made of."""

from failover import models, wiring
from failover.models import Pair
from failover.services import inventory
from tests.services import moving
from tests.services.moving import FIRST, SECOND, Console
from tests.services.readiness import readying
from tests.services.world import FLOATING, PRIMARY, STANDBY, Sim

SPARE = "eni-b408c485"


def test_a_standby_that_fails_its_status_checks_is_a_warning(
    article: Pair, region: models.Region, sim: Sim
) -> None:
    sim.control(f"instances/{STANDBY}", {"system_status": "impaired"})
    inventory.sync(region)

    readying.judge()

    assert readying.failed() == {"target_status": "warning"}
    assert readying.seen().ready


def test_a_standby_whose_place_is_taken_is_not_ready(
    article: Pair, region: models.Region, console: Console
) -> None:
    console.ec2.attach_network_interface(
        NetworkInterfaceId=SPARE, InstanceId=STANDBY, DeviceIndex=1
    )
    inventory.sync(region)

    readying.judge()

    assert readying.failed() == {"free_index": "error", "free_slot": "error"}


def test_places_that_other_pairs_may_need_are_counted(
    article: Pair, region: models.Region
) -> None:
    Pair.objects.create(
        name="neighbour",
        region=region,
        strategy="eni",
        primary_instance_id="i-0aaaaaaaaaaaaaaaa",
        standby_instance_id=STANDBY,
        network_interface_id=SPARE,
        device_index=2,
        created_at=wiring.now(),
    )

    readying.judge()

    assert readying.failed()["free_slot"] == "warning"
    assert "2 of at most 2" in readying.said("free_slot")


def test_a_termination_that_would_delete_the_interface_is_warned_of(
    article: Pair, region: models.Region, console: Console, sim: Sim
) -> None:
    attachment = sim.state()["interfaces"][FLOATING]["attachment_id"]
    console.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": attachment, "DeleteOnTermination": True},
    )
    inventory.sync(region)

    readying.judge()

    assert readying.failed() == {"delete_on_termination": "warning"}
    assert PRIMARY in readying.said("delete_on_termination")


def test_a_standby_that_was_terminated_is_not_ready_even_when_ec2_forgets_it(
    article: Pair, region: models.Region, console: Console
) -> None:
    console.ec2.terminate_instances(InstanceIds=[STANDBY])
    inventory.sync(region)
    readying.judge()
    assert readying.failed()["target_state"] == "error"

    models.Instance.objects.filter(instance_id=STANDBY).update(
        vanished_at=wiring.now(), changed_at=wiring.now()
    )
    readying.judge_later(3)

    assert "not found" in readying.said("target_state")
    assert "inventory_age" not in readying.failed()


def test_a_route_needs_its_ends_to_forward(
    region: models.Region, console: Console
) -> None:
    tables = console.make_tables(1)
    console.lead(tables, FIRST)
    console.stop_checking(FIRST, SECOND)
    moving.make_pair(
        region,
        "routes",
        strategy="route",
        route_table_ids=tuple(tables),
        destination_cidr=moving.DESTINATION,
    )
    readying.judge()
    assert readying.seen("routes").ready
    console.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=SECOND, SourceDestCheck={"Value": True}
    )
    inventory.sync(region)

    assert readying.judge_later(3) == {"routes"}

    assert readying.failed("routes") == {"source_dest_check": "error"}


def test_ends_that_let_in_other_traffic_are_warned_of(
    region: models.Region, console: Console
) -> None:
    console.assign(moving.ADDRESS, FIRST)
    moving.make_pair(
        region, "address", strategy="private-ip", private_ip=moving.ADDRESS
    )
    readying.judge()
    assert readying.failed("address") == {}
    console.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=SECOND, Groups=["sg-cf2a82b4"]
    )
    inventory.sync(region)

    readying.judge_later(3)

    assert readying.failed("address") == {"security_groups": "warning"}
    assert "default" in readying.said("security_groups", "address")
    assert "no rehearsal" in readying.said("permission_move", "address")
