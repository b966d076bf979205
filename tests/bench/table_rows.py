"""Rows to fill the tables with: of every table as many, all of which know each other.

They are like a real account's: six tags, two addresses and a group each, about a
kilobyte. A pair in four moves an interface, one in four an Elastic IP, and so on; every
pair has been judged, has swapped once, and stands in the audit.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from failover import audit, models
from failover.audit.chain import Entry
from failover.models import searches

AT_ONCE = 2000
SEEN_AT = datetime(2026, 11, 29, 8, tzinfo=UTC)
BEGAN_AT = datetime(2026, 10, 1, tzinfo=UTC)
STRATEGIES = ("eni", "eip", "private-ip", "route")
CHECKS = (
    *("same_zone", "same_vpc", "target_state", "target_status", "free_index"),
    *("free_slot", "delete_on_termination", "addresses", "permission_detach"),
)
Make = Callable[[models.Region, int], Any]


def fill(make: Make, region: models.Region, numbers: Sequence[int]) -> None:
    """Rows of these numbers, with the texts that they are found by."""
    for start in range(0, len(numbers), AT_ONCE):
        made = [make(region, number) for number in numbers[start : start + AT_ONCE]]
        manager: Any = type(made[0]).objects
        rows = manager.bulk_create(made)
        texts: Any = searches.TEXTS.get(type(made[0]))
        if texts:
            texts.objects.bulk_create(
                texts(row_id=row.pk, text=searches.text_of(row)) for row in rows
            )


def fill_jobs(region: models.Region, numbers: Sequence[int]) -> None:
    """Jobs with their calls; the pairs of these numbers are there."""
    pairs: dict[str, int] = dict(models.Pair.objects.values_list("name", "pk"))
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        models.Job.objects.bulk_create(
            _job(region, number, pairs[_name(number)]) for number in some
        )
        models.Intent.objects.bulk_create(
            one for number in some for one in _intents(number)
        )


def fill_audit(numbers: Sequence[int]) -> None:
    """Entries in their chain."""
    for start in range(0, len(numbers), AT_ONCE):
        with transaction.atomic():
            audit.record_all([_entry(n) for n in numbers[start : start + AT_ONCE]])


def interface(region: models.Region, number: int) -> models.NetworkInterface:
    chance = random.Random(number)
    address, name = _address(number), f"srv-{number % 5000}"
    return models.NetworkInterface(
        interface_id=f"eni-{number:017x}",
        tags=_tags(name, number, chance),
        status="in-use" if chance.random() < 0.9 else "available",
        **_of_mirror(region, name),
        **_place(number),
        description=f"Interface of service {number % 700}",
        interface_type="interface",
        mac_address=f"02:{chance.randrange(2**24):06x}:{number:06x}",
        private_ip=address,
        private_ips=[
            {
                "address": f"{address}{tail}",
                "primary": not tail,
                "public_ip": "",
                "allocation_id": "",
                "association_id": "",
            }
            for tail in ("", "1")
        ],
        security_groups=[{"id": f"sg-{number % 30:017x}", "name": f"sg-{number % 30}"}],
        attachment_id=f"eni-attach-{number:017x}",
        instance_id=f"i-{number:017x}",
        device_index=1,
        attachment_status="attached",
    )


def instance(region: models.Region, number: int) -> models.Instance:
    chance, name = random.Random(number), f"host-{number}"
    return models.Instance(
        instance_id=f"i-{number:017x}",
        tags=_tags(name, number, chance),
        state="running" if chance.random() < 0.9 else "stopped",
        **_of_mirror(region, name),
        **_place(number),
        type=f"m7g.{('large', 'xlarge', '2xlarge')[number % 3]}",
        private_ips=[_address(number), f"{_address(number)}1"],
        public_ip="",
        system_status="ok" if number % 1000 else "impaired",
        instance_status="ok",
        interfaces=[{"id": f"eni-{number:017x}", "device_index": 1}],
        interface_limit=4,
        launch_time=(BEGAN_AT + timedelta(seconds=31 * number)).isoformat(),
    )


def elastic_ip(region: models.Region, number: int) -> models.ElasticIp:
    chance, name = random.Random(number), f"nat-{number % 5000}"
    is_free = number % 50 == 0
    return models.ElasticIp(
        allocation_id=f"eipalloc-{number:017x}",
        public_ip=f"203.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        tags=_tags(name, number, chance),
        **_of_mirror(region, name),
        association_id="" if is_free else f"eipassoc-{number:017x}",
        network_interface_id="" if is_free else f"eni-{number:017x}",
        private_ip="" if is_free else _address(number),
        instance_id="" if is_free else f"i-{number:017x}",
    )


def pair(region: models.Region, number: int) -> models.Pair:
    strategy = STRATEGIES[number % 4]
    is_ready = number % 20 != 0
    return models.Pair(
        name=_name(number),
        region=region,
        strategy=strategy,
        primary_instance_id=f"i-{number:017x}",
        standby_instance_id=f"i-{number + 1:017x}",
        network_interface_id=f"eni-{number:017x}" if strategy == "eni" else "",
        allocation_id=f"eipalloc-{number:017x}" if strategy == "eip" else "",
        private_ip=f"{_address(number)}1" if strategy == "private-ip" else "",
        route_table_ids=[f"rtb-{number:017x}"] if strategy == "route" else [],
        destination_cidr="10.99.0.0/16" if strategy == "route" else "",
        probe={"kind": "none"},
        policy={"force": "never", "confirm": "none"},
        tags={"Team": ("core", "payments", "web", "data")[number % 4]},
        desired_holder="instance",
        desired_instance_id=f"i-{number:017x}",
        frozen_at=SEEN_AT if number % 200 == 0 else None,
        frozen_by="anna" if number % 200 == 0 else "",
        frozen_reason="maintenance" if number % 200 == 0 else "",
        readiness=[
            {"code": code, "ok": is_ready or code != "free_slot", "severity": "error"}
            for code in CHECKS
        ],
        readiness_at=SEEN_AT,
        readiness_generation=1,
        readiness_rests_on=SEEN_AT,
        readiness_due_at=SEEN_AT,
        readiness_news={"is_ready": is_ready, "since": 1.0, "told_at": []},
        created_at=BEGAN_AT + timedelta(seconds=52 * number),
    )


def _job(region: models.Region, number: int, pair_id: int) -> models.Job:
    at = BEGAN_AT + timedelta(seconds=52 * number)
    is_active = number % 10_000 == 1
    state = "running" if is_active else "reversed" if number % 50 == 0 else "succeeded"
    strategy = STRATEGIES[number % 4]
    return models.Job(
        id=UUID(int=number),
        region=region,
        pair_id=pair_id,
        pair_name=_name(number),
        kind="swap",
        strategy=strategy,
        state=state,
        network_interface_id=f"eni-{number:017x}" if strategy == "eni" else "",
        from_instance_id=f"i-{number:017x}",
        to_instance_id=f"i-{number + 1:017x}",
        reason=f"maintenance-{number % 90} of the racks",
        trigger=("ui", "api")[number % 2],
        requested_by=f"user-{number % 500}",
        plan_hash=f"{number:064x}",
        requested_at=at,
        started_at=at + timedelta(seconds=0.2),
        first_intent_at=at + timedelta(seconds=0.3),
        outage_started_at=at + timedelta(seconds=0.4),
        detached_at=at + timedelta(seconds=3),
        restored_at=None if is_active else at + timedelta(seconds=6),
        finished_at=None if is_active else at + timedelta(seconds=11),
    )


def _intents(number: int) -> Iterable[models.Intent]:
    at = BEGAN_AT + timedelta(seconds=52 * number)
    for seq, action in enumerate(("DetachNetworkInterface", "AttachNetworkInterface")):
        yield models.Intent(
            id=UUID(int=2 * number + seq),
            job_id=UUID(int=number),
            seq=seq + 1,
            fence_token=1,
            action=action,
            args={"NetworkInterfaceId": f"eni-{number:017x}"},
            intent_at=at + timedelta(seconds=3 * seq),
            sent_at=at + timedelta(seconds=3 * seq),
            ended_at=at + timedelta(seconds=3 * seq + 0.2),
            duration_s=0.2,
            outcome="ok",
            aws_request_id=f"{number:08x}-0000-4000-8000-{seq:012x}",
        )


def _entry(number: int) -> Entry:
    actions = ("job.swap", "job.end", "pair.readiness", "pair.freeze", "pair.edit")
    action = actions[number % 5]
    is_job = action.startswith("job.")
    return Entry(
        at=BEGAN_AT + timedelta(seconds=52 * number),
        actor=f"user-{number % 500}",
        source_ip=_address(number),
        action=action,
        subject=f"pair/{_name(number)}",
        outcome="refused" if number % 40 == 0 else "ok",
        before={"state": "ready", "version": number},
        after={"state": "frozen", "version": number + 1},
        reason=f"maintenance-{number % 90} of the racks",
        job_id=UUID(int=number) if is_job else None,
        plan_hash=f"{number:064x}" if is_job else "",
    )


def _of_mirror(region: models.Region, name: str) -> dict[str, Any]:
    return {
        "region": region,
        "name": name,
        "observed_at": SEEN_AT,
        "observed_began_at": 1.0,
    }


def _place(number: int) -> dict[str, str]:
    return {
        "availability_zone": f"eu-west-1{'abc'[number % 3]}",
        "vpc_id": f"vpc-{number % 50:017x}",
        "subnet_id": f"subnet-{number % 400:017x}",
    }


def _tags(name: str, number: int, chance: random.Random) -> dict[str, str]:
    return {
        "Name": name,
        "Env": chance.choice(("prod", "staging", "dev")),
        "Team": chance.choice(("core", "payments", "web", "data")),
        "CostCenter": str(chance.randrange(1000, 9999)),
        "kubernetes.io/cluster": f"main-{number % 40}",
        "Owner": f"team-{number % 90}@example.com",
    }


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _name(number: int) -> str:
    return f"pair-{number:05d}"
