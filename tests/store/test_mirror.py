"""The inventory shows the newest look, whoever wrote last."""

import pytest

from failover import columns, mirror, models, upserts
from failover.engine.topology import (
    AllocationId,
    Attachment,
    AttachmentId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    PrivateAddress,
    Route,
    RouteTable,
    RouteTableId,
    Scope,
    Slot,
)
from tests.store.benches import DjangoBench

SEEN_AT = 1_790_000_000.0


@pytest.fixture
def bench(database: str) -> DjangoBench:
    return DjangoBench()


def an_interface(
    instance: str = "i-primary", *, name: str = "eni-1", tag: str = "article"
) -> Interface:
    return Interface(
        id=InterfaceId(name),
        status="in-use",
        subnet_id="subnet-1",
        tags={"Name": tag, "déjà": "vu 'quoted'"},
        addresses=(
            PrivateAddress(address="10.0.0.1", primary=True),
            PrivateAddress(
                address="10.0.0.2",
                primary=False,
                public_ip="203.0.113.9",
                allocation_id=AllocationId("eipalloc-1"),
            ),
        ),
        security_groups=(("sg-1", "web"),),
        attachment=Attachment(
            id=AttachmentId("eni-attach-1"),
            instance_id=InstanceId(instance),
            device_index=1,
            status="attached",
        ),
    )


def look(bench: DjangoBench, *interfaces: Interface, at: float) -> None:
    bench.store.mirror(
        region_id=bench.region_id,
        observation=Observation(
            scope=Scope(interface_ids=frozenset(i.id for i in interfaces)),
            began_at=at,
            ended_at=at + 0.05,
            interfaces={i.id: i for i in interfaces},
        ),
    )


def interfaces(bench: DjangoBench) -> mirror.Target:
    """The table of interfaces, as a read finds it that shows none of them."""
    return mirror.target(columns.INTERFACES, region_id=bench.region_id)


def row() -> models.NetworkInterface:
    return models.NetworkInterface.objects.get(interface_id="eni-1")


def test_a_look_fills_the_row(bench: DjangoBench) -> None:
    look(bench, an_interface(), at=SEEN_AT)

    seen = row()
    assert (seen.name, seen.private_ip, seen.public_ip) == (
        "article",
        "10.0.0.1",
        "203.0.113.9",
    )
    assert seen.tags["déjà"] == "vu 'quoted'"
    assert seen.private_ips[1]["allocation_id"] == "eipalloc-1"
    assert seen.security_groups == [{"id": "sg-1", "name": "web"}]
    assert (seen.instance_id, seen.device_index) == ("i-primary", 1)
    assert seen.observed_at.timestamp() == SEEN_AT
    bench.region.refresh_from_db()
    assert bench.region.observed_at is not None


def test_a_newer_look_replaces_an_older_one(bench: DjangoBench) -> None:
    look(bench, an_interface("i-primary"), at=SEEN_AT)

    look(bench, an_interface("i-standby"), at=SEEN_AT + 0.05)

    assert row().instance_id == "i-standby"


def test_an_older_look_that_comes_late_changes_nothing(bench: DjangoBench) -> None:
    look(bench, an_interface("i-standby"), at=SEEN_AT)

    look(bench, an_interface("i-primary"), at=SEEN_AT - 0.05)

    assert row().instance_id == "i-standby"
    assert row().observed_began_at == SEEN_AT


def test_the_statement_itself_refuses_an_older_look(bench: DjangoBench) -> None:
    # Between a writer's reading and its writing another may have been faster.
    look(bench, an_interface("i-standby"), at=SEEN_AT)
    late = row()
    late.pk, late.instance_id, late.observed_began_at = None, "i-late", SEEN_AT - 1

    upserts.put(columns.INTERFACES, [late])

    assert row().instance_id == "i-standby"


def test_an_unchanged_row_grows_younger_about_once_a_second(
    bench: DjangoBench,
) -> None:
    look(bench, an_interface(), at=SEEN_AT)

    look(bench, an_interface(), at=SEEN_AT + 0.5)
    assert row().observed_began_at == SEEN_AT
    look(bench, an_interface(), at=SEEN_AT + 1.5)
    assert row().observed_began_at == SEEN_AT + 1.5


def test_what_a_whole_read_does_not_show_has_vanished(bench: DjangoBench) -> None:
    look(bench, an_interface(), an_interface(name="eni-2"), at=SEEN_AT)

    mirror.upsert(
        region_id=bench.region_id, interfaces=[an_interface()], began_at=SEEN_AT + 0.5
    )
    gone = mirror.mark_vanished(interfaces(bench), began_at=SEEN_AT + 0.5)

    assert gone == 1
    assert row().vanished_at is None
    other = models.NetworkInterface.objects.get(interface_id="eni-2")
    assert other.vanished_at is not None


def test_what_is_seen_again_has_not_vanished(bench: DjangoBench) -> None:
    look(bench, an_interface(), at=SEEN_AT)
    mirror.mark_vanished(interfaces(bench), began_at=SEEN_AT + 1)

    look(bench, an_interface(), at=SEEN_AT + 2)

    assert row().vanished_at is None


def test_instances_and_addresses_are_mirrored_too(bench: DjangoBench) -> None:
    mirror.upsert(
        region_id=bench.region_id,
        instances=[
            Instance(
                id=InstanceId("i-primary"),
                state="running",
                slots=(Slot(interface_id=InterfaceId("eni-1"), device_index=1),),
                interface_limit=2,
            )
        ],
        elastic_ips=[
            ElasticIp(allocation_id=AllocationId("eipalloc-1"), public_ip="203.0.113.9")
        ],
        began_at=SEEN_AT,
    )

    instance = models.Instance.objects.get()
    assert instance.interfaces == [{"id": "eni-1", "device_index": 1}]
    assert instance.interface_limit == 2
    assert models.ElasticIp.objects.get().public_ip == "203.0.113.9"


def test_many_rows_are_written_in_pieces(bench: DjangoBench) -> None:
    many = [an_interface(name=f"eni-{n}") for n in range(1, 1201)]

    look(bench, *many, at=SEEN_AT)
    look(bench, *[an_interface("i-standby", name=i.id) for i in many], at=SEEN_AT + 1)

    rows = models.NetworkInterface.objects.filter(instance_id="i-standby")
    assert rows.count() == 1200


def test_an_elastic_ip_goes_where_the_interface_that_carries_it_goes(
    bench: DjangoBench,
) -> None:
    mirror.upsert(
        region_id=bench.region_id,
        interfaces=[an_interface("i-primary")],
        elastic_ips=[
            ElasticIp(
                allocation_id=AllocationId("eipalloc-1"),
                public_ip="203.0.113.9",
                association_id="eipassoc-1",
                interface_id=InterfaceId("eni-1"),
                private_ip="10.0.0.2",
                instance_id=InstanceId("i-primary"),
            )
        ],
        began_at=SEEN_AT,
    )

    look(bench, an_interface("i-standby"), at=SEEN_AT + 1)
    look(bench, an_interface("i-primary"), at=SEEN_AT + 0.5)

    assert models.ElasticIp.objects.get().instance_id == "i-standby"


def test_route_tables_are_mirrored_and_an_old_look_changes_nothing(
    bench: DjangoBench,
) -> None:
    def table(interface_id: str) -> RouteTable:
        route = Route(
            destination_cidr="10.9.0.0/16", interface_id=InterfaceId(interface_id)
        )
        return RouteTable(
            id=RouteTableId("rtb-1"), routes=(route,), tags={"Name": "private"}
        )

    for interface_id, at in (("eni-1", 1), ("eni-2", 3), ("eni-1", 2)):
        mirror.upsert(
            region_id=bench.region_id,
            route_tables=[table(interface_id)],
            began_at=SEEN_AT + at,
        )

    row = models.RouteTable.objects.get()
    assert row.name == "private"
    assert row.routes == [
        {
            "destination_cidr": "10.9.0.0/16",
            "network_interface_id": "eni-2",
            "state": "active",
        }
    ]
