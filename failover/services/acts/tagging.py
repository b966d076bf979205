"""Tags, on every kind of resource alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from failover import columns, wiring
from failover.ec2.requests import Operation, Request
from failover.models import Action, Region
from failover.services.access import Actor
from failover.services.acts import carrying, checking, orders, seeing
from failover.services.acts.orders import Order
from failover.services.acts.seeing import Sight

Tags = Mapping[str, str]


def replace(
    *, region: Region, resource_id: str, tags: Mapping[str, str], actor: Actor
) -> list[Action]:
    """Let these be all tags of the resource; AWS's own (`aws:…`) stay as they are.

    Raises Invalid, NotFound; what `carrying.carry_out` raises.
    """
    sight = seeing.look(region, resource_id)
    return carrying.carry_all(
        changes(
            region=region, resource_id=resource_id, tags=tags, actor=actor, sight=sight
        )
    )


def changes(
    *,
    region: Region,
    resource_id: str,
    tags: Mapping[str, str],
    actor: Actor,
    sight: Sight,
) -> list[Order]:
    """The calls that make these the resource's tags: none where they are already.

    Raises Invalid, NotFound.
    """
    had = _tags(sight, resource_id)
    # What GET showed may be sent back, also what is AWS's own.
    wanted = {k: v for k, v in tags.items() if had.get(k) != v or not _is_aws(k)}
    checking.require(checking.tags(wanted))
    own = {k: v for k, v in had.items() if not _is_aws(k)}
    new = {k: v for k, v in wanted.items() if own.get(k) != v}
    gone = [k for k in own if k not in wanted]
    left = {k: v for k, v in had.items() if k not in gone}
    calls: list[tuple[str, Operation, Sequence[Mapping[str, str]], Tags]] = []
    # First away, so that fifty others may come.
    if gone:
        keys = [{"Key": key} for key in gone]
        calls.append(("tags.remove", Operation.DELETE_TAGS, keys, had))
    if new:
        calls.append(("tags.set", Operation.CREATE_TAGS, as_pairs(new), left))
    return [
        Order(
            id=wiring.new_uuid(),
            region=region,
            kind=kind,
            resource=resource_id,
            request=Request(
                operation=operation,
                args={"Resources": [resource_id], "Tags": list(pairs)},
            ),
            actor=actor,
            touches=(resource_id,),
            before={resource_id: {"tags": dict(before)}},
        )
        for kind, operation, pairs, before in calls
    ]


def specification(kind: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """The tags of what a call is to make, as EC2 takes them."""
    return [{"ResourceType": kind, "Tags": as_pairs(tags)}]


def as_pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as EC2 writes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tags(sight: Sight, id: str) -> Mapping[str, str]:
    if id.startswith(orders.INTERFACE):
        return sight.interface(id).tags
    if id.startswith(orders.ELASTIC_IP):
        return sight.elastic_ip(id).tags
    return sight.instance(id).tags


def _is_aws(key: str) -> bool:
    return key.lower().startswith(columns.AWS_OWN)
