"""What moves in one call survives the database, and its locks and limits hold there."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from failover import models, rows
from failover.engine.job import (
    Action,
    Call,
    End,
    Intent,
    Memory,
    Moving,
    Part,
    Strategy,
    Trace,
)
from failover.engine.probes import (
    Heard,
    Probe,
    ProbeKind,
    ProbeOutcome,
    Verdict,
)
from failover.engine.topology import (
    AllocationId,
    InstanceId,
    InterfaceId,
    RouteTableId,
)
from tests.store.benches import DjangoBench

ENI = InterfaceId("eni-a")
SOURCE = End(instance_id=InstanceId("i-kim"), interface_id=ENI, private_ip="10.0.0.4")
TARGET = End(instance_id=InstanceId("i-lou"), interface_id=InterfaceId("eni-b"))
PARTS = (
    Part(route_table_id=RouteTableId("rtb-1"), destination_cidr="10.9.0.0/16"),
    Part(route_table_id=RouteTableId("rtb-2"), destination_cidr="10.9.0.0/16"),
)
ROUTES = Moving(parts=PARTS, source=SOURCE, target=TARGET)
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def bench(database: str) -> DjangoBench:
    return DjangoBench()


def a_row(bench: DjangoBench, **columns: Any) -> models.Job:
    return models.Job.objects.create(
        **{
            "region": bench.region,
            "kind": "swap",
            "trigger": "api",
            "requested_by": "kim",
            "requested_at": AT,
            **columns,
        }
    )


def test_what_moves_is_read_as_it_was_written(bench: DjangoBench) -> None:
    row = a_row(bench, strategy="route", moving=rows.from_moving(ROUTES))
    row.refresh_from_db()

    job = rows.to_job(row, is_preflight_current=True)

    assert job.strategy is Strategy.ROUTE
    assert job.moving == ROUTES
    assert job.interface_id == InterfaceId("")


def test_an_interfaces_job_moves_no_parts(bench: DjangoBench) -> None:
    row = a_row(bench, network_interface_id=ENI)
    row.refresh_from_db()

    job = rows.to_job(row, is_preflight_current=True)

    assert (job.strategy, job.moving) == (Strategy.ENI, None)


def test_a_memory_of_moves_is_kept_whole(bench: DjangoBench) -> None:
    memory = Memory(
        traces=(
            Trace(key="rtb-1 10.9.0.0/16", place="target", since=3.5),
            Trace(key="rtb-2 10.9.0.0/16", left=(("source", 1.5), ("free", 2.5))),
        ),
        landed=(1, 3),
    )
    row = a_row(bench, strategy="route", moving=rows.from_moving(ROUTES))
    job = rows.to_job(row, is_preflight_current=True)
    models.Job.objects.filter(id=row.id).update(
        **rows.engine_columns(replace(job, memory=memory))
    )
    row.refresh_from_db()

    assert rows.to_job(row, is_preflight_current=True).memory == memory


@pytest.mark.parametrize(
    "call",
    [
        Call(
            action=Action.ASSOCIATE,
            interface_id=ENI,
            allocation_id=AllocationId("eipalloc-1"),
            private_ip="10.0.0.4",
            may_take=True,
        ),
        Call(action=Action.ASSIGN, interface_id=ENI, private_ip="10.0.0.9"),
        Call(
            action=Action.REPLACE_ROUTE,
            interface_id=ENI,
            route_table_id=RouteTableId("rtb-1"),
            destination_cidr="10.9.0.0/16",
        ),
        Call(
            action=Action.CREATE_ROUTE,
            interface_id=ENI,
            route_table_id=RouteTableId("rtb-1"),
            destination_cidr="10.9.0.0/16",
        ),
    ],
)
def test_a_call_that_moves_is_read_as_it_was_intended(
    bench: DjangoBench, call: Call
) -> None:
    job = a_row(bench, strategy="eip")
    intent = Intent(
        id=uuid4(), job_id=job.id, seq=1, fence_token=1, call=call, intent_at=5.0
    )
    rows.from_intent(intent).save(force_insert=True)

    assert rows.to_intent(models.Intent.objects.get()).call == call


def test_jobs_without_an_interface_do_not_exclude_each_other(
    bench: DjangoBench,
) -> None:
    a_row(bench, strategy="eip", moving=rows.from_moving(ROUTES))
    a_row(bench, strategy="eip", moving=rows.from_moving(ROUTES))
    a_row(bench, network_interface_id=ENI)

    with pytest.raises(IntegrityError), transaction.atomic():
        a_row(bench, network_interface_id=ENI)

    assert models.Job.objects.count() == 3


PROBE = Probe(kind=ProbeKind.HTTP, port=8080, path="/health", expect="200")
VERDICT = Verdict(
    outcome=ProbeOutcome.FAILED,
    address="203.0.113.7",
    port=8080,
    code="status",
    args=(("status", "503"), ("expect", "200")),
    duration_s=0.25,
)


def test_a_probe_and_what_it_was_told_survive_the_database(
    bench: DjangoBench,
) -> None:
    row = a_row(bench, network_interface_id=ENI, probe=rows.from_probe(PROBE))
    job = rows.to_job(row, is_preflight_current=True)
    told = replace(job, heard=Heard(began_at=7.5, verdict=VERDICT), overdue_at=9.0)

    models.Job.objects.filter(id=row.id).update(
        **rows.engine_columns(told), probe_waived_at=AT
    )
    row.refresh_from_db()

    read = rows.to_job(row, is_preflight_current=True)
    assert read == replace(told, waived_at=AT.timestamp())


@pytest.mark.parametrize("kept", [None, {}, {"kind": "none", "port": 80}])
def test_where_nothing_is_asked_there_is_no_probe(kept: dict[str, Any] | None) -> None:
    assert rows.to_probe(kept) is None


def test_a_probe_of_http_has_a_port_and_a_path_of_its_own() -> None:
    probe = rows.to_probe({"kind": "http", "port": None, "path": "", "expect": ""})

    assert probe == Probe(kind=ProbeKind.HTTP, port=80, path="/")
