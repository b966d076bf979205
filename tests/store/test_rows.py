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
