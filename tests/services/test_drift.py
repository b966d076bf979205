"""Changes that nobody of ours made are found; those that we made are not."""

import time

from failover import drift as notes
from failover import models, wiring
from failover.services import (
    changes,
    drift,
    floating,
    inventory,
    queries,
    swaps,
)
from failover.services.acts import interfaces as acts
from failover.services.acts import tagging
from tests.services import moving
from tests.services.moving import ADDRESS, DESTINATION, FIRST, SECOND, Console
from tests.services.world import (
    ALLOCATION,
    FLOATING,
    OLGA,
    PRIMARY,
    SHELL,
    STANDBY,
    finish,
)


def found(region: models.Region) -> list[tuple[str, str]]:
    """What a whole read finds: (id, change), in the order of the ids."""
    inventory.sync(region)
    return sorted(
        (e.resource_id, e.change)
        for e in changes.view_drift_events(changes.list_drift_events())
    )


def noted() -> set[tuple[str, str]]:
    """What looks have shown changed, and nobody has judged yet."""
    waiting = models.DriftEvent.objects.filter(is_judged=False)
    return set(waiting.values_list("resource_id", "change"))


def told(resource_id: str, change: str) -> changes.DriftEventView:
    rows = changes.list_drift_events().filter(resource_id=resource_id, change=change)
    (view,) = changes.view_drift_events(rows)
    return view


def attachment_of(console: Console, interface_id: str) -> str:
    seen = console.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface_id])
    return str(seen["NetworkInterfaces"][0]["Attachment"]["AttachmentId"])


def take_off(console: Console, interface_id: str) -> None:
    """Detach it by hand, and wait until it is free."""
    console.ec2.detach_network_interface(
        AttachmentId=attachment_of(console, interface_id)
    )
    until = time.monotonic() + moving.PATIENCE_S
    while console.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface_id])[
        "NetworkInterfaces"
    ][0].get("Attachment"):
        assert time.monotonic() < until
        time.sleep(0.02)


def modify(console: Console, interface_id: str) -> None:
    """Change every attribute of it by hand."""
    for what in (
        {"Description": {"Value": "<script>i-0abc</script>"}},
        {"SourceDestCheck": {"Value": False}},
        {"Groups": ["sg-cf2a82b4"]},
        {
            "Attachment": {
                "AttachmentId": attachment_of(console, interface_id),
                "DeleteOnTermination": False,
            }
        },
    ):
        console.ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface_id, **what
        )


def test_the_first_read_of_a_region_finds_no_changes(region: models.Region) -> None:
    assert found(region) == []
    assert not models.DriftEvent.objects.exists()


def test_what_is_done_in_the_console_is_found_with_before_and_after(
    region: models.Region, console: Console
) -> None:
    tables = console.make_tables(1)
    console.lead(tables, FIRST)
    inventory.sync(region)
    ec2 = console.ec2

    take_off(console, FLOATING)
    console.associate(ALLOCATION, SECOND, AllowReassociation=True)
    console.assign(ADDRESS, FIRST)
    modify(console, FIRST)
    ec2.replace_route(
        RouteTableId=tables[0],
        DestinationCidrBlock=DESTINATION,
        NetworkInterfaceId=SECOND,
    )
    ec2.stop_instances(InstanceIds=[STANDBY])
    made = ec2.create_network_interface(SubnetId=moving.SUBNET)["NetworkInterface"]
    new = console.allocate()

    events = found(region)

    assert [e for e in events if e[0] not in (made["NetworkInterfaceId"], new)] == [
        (ALLOCATION, "association"),
        (FLOATING, "attachment"),
        (FIRST, "delete_on_termination"),
        (FIRST, "description"),
        (FIRST, "private_ips"),
        (FIRST, "security_groups"),
        (FIRST, "source_dest_check"),
        (STANDBY, "state"),
        (tables[0], "route"),
    ]
    assert (made["NetworkInterfaceId"], "appeared") in events
    assert (new, "appeared") in events
    gone = told(FLOATING, "attachment")
    assert gone.before["instance_id"] == PRIMARY
    assert gone.after is None
    assert gone.not_before is not None
    assert gone.not_before < gone.seen_at
    assert gone.message == (
        f"Attachment: not attached; before: attached to {PRIMARY} at device index 1."
    )
    moved = told(ALLOCATION, "association")
    assert (moved.before["network_interface_id"], moved.is_now[:15]) == (
        FLOATING,
        f"on {SECOND}"[:15],
    )
    check = told(FIRST, "source_dest_check")
    assert (check.was, check.is_now) == ("on", "off")
    on_the_page = changes.list_of_resource(region=region, resource_id=FLOATING)
    assert {e.resource_id for e in on_the_page} == {FLOATING, ALLOCATION}

    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    assert (made["NetworkInterfaceId"], "vanished") in found(region)


def test_what_a_swap_does_is_no_drift_and_what_somebody_does_after_it_is(
    article: models.Pair, console: Console
) -> None:
    job = finish(swaps.request_swap(pair=article, actor=OLGA, force=True))
    assert job.state == "succeeded"

    assert noted() == {(FLOATING, "attachment")}
    assert found(article.region) == []

    take_off(console, FLOATING)
    # It is seen by the look at an idle pair before any whole read.
    seen = wiring.gateway(article.region).observe(floating.resources([article]))
    wiring.store().mirror(region_id=article.region_id, observation=seen)
    assert drift.list_regions_to_judge() == [article.region_id]
    drift.judge(region_id=article.region_id)

    assert found(article.region) == [(FLOATING, "attachment")]
    assert told(FLOATING, "attachment").before["instance_id"] == STANDBY


def test_what_the_moves_of_one_call_do_is_no_drift(
    region: models.Region, console: Console
) -> None:
    allocation = console.allocate()
    console.associate(allocation, FIRST)
    console.assign(ADDRESS, FIRST)
    tables = console.make_tables(2)
    console.lead(tables, FIRST)
    console.stop_checking(FIRST, SECOND)
    moving.make_pair(region, "vip", strategy="eip", allocation_id=allocation)
    moving.make_pair(region, "address", strategy="private-ip", private_ip=ADDRESS)
    moving.make_pair(
        region,
        "routes",
        strategy="route",
        route_table_ids=tuple(tables),
        destination_cidr=DESTINATION,
    )
    inventory.sync(region)
    models.DriftEvent.objects.all().delete()

    for name in ("vip", "address", "routes"):
        pair = queries.get_pair(name)
        job = finish(swaps.request_swap(pair=pair, actor=OLGA, force=True))
        assert job.state == "succeeded", name

    assert (allocation, "association") in noted()
    assert {(t, "route") for t in tables} <= noted()
    assert found(region) == []


def test_what_our_people_do_here_is_no_drift(region: models.Region) -> None:
    action = acts.create(region=region, subnet_id=moving.SUBNET, actor=SHELL)

    assert found(region) == []
    assert models.NetworkInterface.objects.filter(
        interface_id=action.made[0], vanished_at=None
    ).exists()


def tag(console: Console, *ids: str, **tags: str) -> None:
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    console.ec2.create_tags(Resources=list(ids), Tags=pairs)


def test_tags_set_and_removed_in_the_console_are_found_each_by_its_key(
    region: models.Region, console: Console
) -> None:
    (table,) = console.make_tables(1)
    resources = (FIRST, ALLOCATION, PRIMARY, table)
    tag(console, *resources, Name="web-1", env="prod", role="front")
    inventory.sync(region)
    models.DriftEvent.objects.all().delete()

    tag(console, *resources, Name="i-0abc", note="")
    console.ec2.delete_tags(Resources=list(resources), Tags=[{"Key": "env"}])

    assert found(region) == sorted((id, "tags") for id in resources)
    for id in resources:
        event = told(id, "tags")
        assert event.before == {"Name": "web-1", "env": "prod", "note": None}
        assert event.after == {"Name": "i-0abc", "env": None, "note": ""}
        assert event.message == (
            "Tags: Name = i-0abc, no env, note = empty;"
            " before: Name = web-1, env = prod, no note."
        )
    # Words that look like an id lead nowhere.
    assert not changes.list_of_resource(region=region, resource_id="i-0abc").exists()
    noted_before = models.DriftEvent.objects.count()
    inventory.sync(region)
    assert models.DriftEvent.objects.count() == noted_before


def test_of_tags_only_those_that_we_have_not_set_are_drift(
    region: models.Region, console: Console
) -> None:
    tag(console, STANDBY, ours="old", gone="x", theirs="old")
    inventory.sync(region)
    models.DriftEvent.objects.all().delete()

    tagging.replace(
        region=region,
        resource_id=STANDBY,
        tags={"ours": "new", "theirs": "old"},
        actor=SHELL,
    )
    assert found(region) == []

    # What a late look shows as it was before is ours, and so is its end.
    row = models.Instance.objects.get(instance_id=STANDBY)
    models.Instance.objects.filter(pk=row.pk).update(
        tags={**row.tags, "ours": "old", "gone": "x"}
    )
    tag(console, STANDBY, theirs="new")
    assert found(region) == [(STANDBY, "tags")]
    assert told(STANDBY, "tags").after == {"theirs": "new"}

    # The same key in another value is somebody else's, however soon.
    tag(console, STANDBY, ours="theirs")
    inventory.sync(region)
    newest = changes.list_drift_events().order_by("-id").first()
    assert newest is not None
    assert (newest.before, newest.after) == ({"ours": "new"}, {"ours": "theirs"})


def test_tags_that_are_given_at_the_making_are_no_drift(region: models.Region) -> None:
    acts.create(
        region=region, subnet_id=moving.SUBNET, tags={"Name": "new"}, actor=SHELL
    )

    models.NetworkInterface.objects.filter(name="new").update(name="", tags={})

    assert found(region) == []


def test_what_a_service_of_aws_tags_by_itself_is_no_drift_and_another_type_is(
    region: models.Region,
) -> None:
    row = models.Instance.objects.get(instance_id=STANDBY)
    models.Instance.objects.filter(pk=row.pk).update(
        tags={**row.tags, "aws:cloudformation:stack-name": "old"}, type="t3.nano"
    )

    assert found(region) == [(STANDBY, "type")]
    event = told(STANDBY, "type")
    assert (event.title, event.was, event.is_now) == (
        "Instance type",
        "t3.nano",
        row.type,
    )


def test_only_the_newest_changes_of_a_region_are_kept(region: models.Region) -> None:
    now = wiring.now()
    models.DriftEvent.objects.bulk_create(
        models.DriftEvent(
            region=region,
            seen_at=now,
            resource_type="instance",
            resource_id=f"i-{number:08x}",
            change="state",
            before="running",
            after="stopped",
        )
        for number in range(notes.KEPT + 20)
    )

    drift.judge(region_id=region.pk)

    kept = changes.list_drift_events().order_by("id")
    assert kept.count() == notes.KEPT
    first = kept.first()
    assert first is not None
    assert first.resource_id == f"i-{20:08x}"
