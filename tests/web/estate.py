"""Two houses under one roof, for those who may see one of them only.

Everything of the house HIDDEN is marked: whatever an answer says of it is found by
its ids, its addresses, or the word itself. `mine` is a pair of another account; its
neighbour stands in the same account and region, and shares the standby with it.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Model, QuerySet, Value
from django.db.models.functions import Concat
from django.forms.models import model_to_dict

from failover import audit, models, wiring
from failover.models import User
from failover.services import fields
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home

HIDDEN, NEIGHBOUR = "hiddenhall", "nextdoor"
ALLOCATION = "eipalloc-4f07e372"
MIRRORED = (
    models.NetworkInterface,
    models.ElasticIp,
    models.Instance,
    models.Vpc,
    models.Subnet,
    models.RouteTable,
    models.SecurityGroup,
)
_TELLING = re.compile(
    r"\b(?:eni|eni-attach|i|eipalloc|eipassoc|subnet|vpc|sg|rtb)-[0-9a-z]{8,}\b"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b"
)
# The network of all addresses, as routes have it.
_OF_NOBODY = {".".join("0000")}


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the addresses of one house are filled with."""

    values: dict[str, str]
    # What no answer may say to who is no part of it.
    secrets: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Estate:
    """The two houses, and the people of the one."""

    hidden: Names
    neighbour: Names
    mine: Names


def build(home: Home) -> Estate:
    """Around the article's world, which is the hidden house."""
    hidden = _hide(home)
    account = models.Account.objects.create(
        name="own",
        aws_account_id="210987654321",
        role_arn="arn:aws:iam::210987654321:role/swapboard",
    )
    region = models.Region.objects.create(
        account=account, name="eu-west-1", synced_at=wiring.now()
    )
    mine = _furnish(region, "mine", number=1, standby=2)
    neighbour = _furnish(region, NEIGHBOUR, number=3, standby=2)
    return Estate(
        hidden=Names(values=hidden, secrets=_secrets(home.region, HIDDEN)),
        neighbour=Names(
            values=neighbour, secrets=frozenset({NEIGHBOUR, _id("eni", 3), _id("i", 3)})
        ),
        mine=Names(values=mine, secrets=frozenset()),
    )


def _hide(home: Home) -> dict[str, str]:
    """Mark all that the first read has found."""
    region = home.region
    marked = Concat(Value(f"{HIDDEN}-"), F("name"))
    for model in MIRRORED:
        model.objects.filter(region=region).update(
            name=marked, tags={"team": f"{HIDDEN}-team"}
        )
    models.Account.objects.filter(pk=region.account_id).update(
        name=HIDDEN, aws_account_id="999900001111"
    )
    models.Region.objects.filter(pk=region.pk).update(
        sync_error=f"AuthFailure: {HIDDEN}"
    )
    models.Pair.objects.filter(pk=home.pair.pk).update(
        name=f"{HIDDEN}-pair",
        tags={"team": f"{HIDDEN}-team"},
        frozen_at=wiring.now(),
        frozen_by=HIDDEN,
        frozen_reason=HIDDEN,
    )
    pair = models.Pair.objects.get(pk=home.pair.pk)
    home.pair = pair
    return _deeds(
        pair,
        HIDDEN,
        interface_id=FLOATING,
        instance_id=PRIMARY,
        allocation_id=ALLOCATION,
        to=STANDBY,
    )


def _furnish(
    region: models.Region, name: str, *, number: int, standby: int
) -> dict[str, str]:
    """A pair with its two instances and its interface, in a network of its own."""
    seen: dict[str, Any] = {
        "region": region,
        "observed_at": wiring.now(),
        "observed_began_at": 1.0,
        "tags": {"Name": name},
        "name": name,
    }
    lies = {"vpc_id": _id("vpc", number), "subnet_id": _id("subnet", number)}
    for end in {number, standby}:
        models.Instance.objects.get_or_create(
            region=region,
            instance_id=_id("i", end),
            defaults={**seen, "state": "running", **lies},
        )
    models.NetworkInterface.objects.create(
        **seen,
        **lies,
        interface_id=_id("eni", number),
        status="in-use",
        instance_id=_id("i", number),
        attachment_id=_id("eni-attach", number),
        attachment_status="attached",
        device_index=1,
        description=f"of {name}",
    )
    models.ElasticIp.objects.create(
        **seen,
        allocation_id=_id("eipalloc", number),
        public_ip=f"203.0.113.{number}",
        network_interface_id=_id("eni", number),
        association_id=_id("eipassoc", number),
    )
    models.Vpc.objects.create(**seen, vpc_id=lies["vpc_id"])
    models.Subnet.objects.create(
        **seen, **lies, availability_zone="eu-west-1a", cidr_block="172.16.0.0/24"
    )
    group = {"group_id": _id("sg", number), "vpc_id": lies["vpc_id"]}
    models.SecurityGroup.objects.create(**seen, **group, description=f"of {name}")
    models.RouteTable.objects.create(
        **seen, route_table_id=_id("rtb", number), vpc_id=lies["vpc_id"]
    )
    pair = models.Pair.objects.create(
        name=name,
        region=region,
        strategy="eni",
        primary_instance_id=_id("i", number),
        standby_instance_id=_id("i", standby),
        network_interface_id=_id("eni", number),
        policy={"approval": True},
        tags={"team": name},
        created_at=wiring.now(),
    )
    return _deeds(
        pair,
        name,
        interface_id=_id("eni", number),
        instance_id=_id("i", number),
        allocation_id=_id("eipalloc", number),
        to=_id("i", standby),
    )


def _deeds(pair: models.Pair, word: str, *, to: str, **ids: str) -> dict[str, str]:
    """What people have done there: jobs, requests, actions, and changes of others."""
    now = wiring.now()
    job: dict[str, Any] = {
        "region": pair.region,
        "pair": pair,
        "pair_name": pair.name,
        "kind": "swap",
        "network_interface_id": ids["interface_id"],
        "from_instance_id": ids["instance_id"],
        "to_instance_id": to,
        "trigger": "ui",
        "reason": word,
        "requested_by": word,
        "requested_at": now,
    }
    active = models.Job.objects.create(**job, state="parked", parked_at=now)
    models.Job.objects.create(
        **job,
        state="succeeded",
        outage_started_at=now - timedelta(seconds=5),
        restored_at=now,
        finished_at=now,
    )
    request: dict[str, Any] = {
        "region": pair.region,
        "pair": pair,
        "pair_name": pair.name,
        "to_instance_id": to,
        "plan_hash": "0" * 64,
        "reason": word,
        "requested_by": word,
        "requested_at": now,
        "expires_at": now + timedelta(minutes=15),
    }
    pending = models.Approval.objects.create(**request, state="pending")
    models.Approval.objects.create(
        **request, state="used", is_break_glass=True, job_id=active.id
    )
    action = models.Action.objects.create(
        region=pair.region,
        kind="instance.start",
        resource=f"instance/{ids['instance_id']}",
        operation="StartInstances",
        args={"InstanceIds": [ids["instance_id"]]},
        actor=word,
        trigger="ui",
        state="done",
        begun_at=now,
        answered_at=now,
        finished_at=now,
    )
    models.DriftEvent.objects.create(
        region=pair.region,
        seen_at=now,
        resource_type="network-interface",
        resource_id=ids["interface_id"],
        name=word,
        change="description",
        before=word,
        after="",
        is_judged=True,
    )
    owner = User.objects.create(username=f"{word}-owner", role="admin")
    view = models.SavedView.objects.create(
        owner=owner,
        table="interfaces",
        slug=f"{word}-view",
        name=f"{word} view",
        query=f"q={word}",
        is_shared=True,
        saved_at=now,
    )
    with transaction.atomic():
        row = audit.record(
            at=now,
            actor=word,
            action="pair.freeze",
            subject=f"pair/{pair.name}",
            outcome="ok",
            reason=word,
        )
    return {
        **ids,
        "name": pair.name,
        "eni": ids["interface_id"],
        **_networks(pair.region, ids["interface_id"]),
        "job_id": str(active.id),
        "approval_id": str(pending.id),
        "action_id": str(action.id),
        "region_id": str(fields.uuid_of("region", pair.region_id)),
        "account": pair.region.account.name,
        "seq": str(row.seq),
        "slug": view.slug,
        "user_id": str(owner.pk),
        "table": "interfaces",
    }


def _networks(region: models.Region, interface_id: str) -> dict[str, str]:
    """Where the interface stands, and one of the region's groups and route tables."""
    row = models.NetworkInterface.objects.get(region=region, interface_id=interface_id)
    # Of two houses in one region each has made its own last.
    group = models.SecurityGroup.objects.filter(region=region).latest("pk")
    table = models.RouteTable.objects.filter(region=region).latest("pk")
    return {
        "vpc_id": row.vpc_id,
        "subnet_id": row.subnet_id,
        "security_group_id": group.group_id,
        "route_table_id": table.route_table_id,
    }


def _id(kind: str, number: int) -> str:
    return f"{kind}-{number:08x}"


def _secrets(region: models.Region, word: str) -> frozenset[str]:
    """Every id and address that the rows of the region have."""
    texts: list[str] = []
    for model in (*MIRRORED, models.Pair, models.Job, models.Action):
        rows = QuerySet[Model, Model](model).filter(region=region)
        texts += [json.dumps(model_to_dict(r), cls=DjangoJSONEncoder) for r in rows]
    found = {hit for text in texts for hit in _TELLING.findall(text)}
    ids = {
        str(job_id)
        for job_id in models.Job.objects.filter(region=region).values_list(
            "id", flat=True
        )
    }
    return frozenset({word, *found, *ids} - _OF_NOBODY)
