"""What EC2 shows no more: when that was noticed, and what was last known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from failover import drift, models
from failover.models.inventory import Mirrored
from failover.services import drift_words, scoping

# By what an address names it by: the table, and the column of the id.
KINDS: Mapping[str, tuple[type[Mirrored], str]] = {
    "interface_id": (models.NetworkInterface, "interface_id"),
    "allocation_id": (models.ElasticIp, "allocation_id"),
    "instance_id": (models.Instance, "instance_id"),
    "vpc_id": (models.Vpc, "vpc_id"),
    "subnet_id": (models.Subnet, "subnet_id"),
    "security_group_id": (models.SecurityGroup, "group_id"),
    "route_table_id": (models.RouteTable, "route_table_id"),
}
# Of what no changes are kept.
NOUNS: Mapping[type[Mirrored], str] = {
    models.Vpc: "VPC",
    models.Subnet: "Subnet",
    models.SecurityGroup: "Security group",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """One of them. `was` is how it was seen last, empty where nothing is kept.

    `has_changes`: what is found changed of its kind is kept.
    """

    noun: str
    id: str
    name: str
    at: datetime
    was: str
    has_changes: bool


def find(argument: str, id: str) -> Vanished | None:
    """The one of this id that the asker might see; None if there is none, or is one."""
    if argument not in KINDS or "\0" in id:
        return None
    model: Any
    model, column = KINDS[argument]
    rows = scoping.visible(model.objects.filter(**{column: id}))
    row = rows.order_by("-vanished_at").first()
    if row is None or row.vanished_at is None:
        return None
    kind = drift.KINDS.get(model)
    portrait = kind.portrait(vars(row)) if kind else {}
    return Vanished(
        noun=drift_words.noun(kind.word) if kind else NOUNS[model],
        id=id,
        name=row.name,
        at=row.vanished_at,
        was=drift_words.was("vanished", portrait) if portrait else "",
        has_changes=kind is not None,
    )
