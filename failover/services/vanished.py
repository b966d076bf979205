"""What EC2 shows no more: when that was noticed, and what was last known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from failover import drift, models
from failover.services import drift_words, scoping

# By the column that an address names it by.
KINDS: Mapping[str, type[models.NetworkInterface | models.ElasticIp | models.Instance]]
KINDS = {
    "interface_id": models.NetworkInterface,
    "allocation_id": models.ElasticIp,
    "instance_id": models.Instance,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """One of them. `was` is how it was seen last, empty where nothing is kept."""

    noun: str
    id: str
    name: str
    at: datetime
    was: str


def find(column: str, id: str) -> Vanished | None:
    """The one of this id that the asker might see; None if there is none, or is one."""
    model: Any = KINDS.get(column)
    if model is None or "\0" in id:
        return None
    rows = scoping.visible(model.objects.filter(**{column: id}))
    row = rows.order_by("-vanished_at").first()
    if row is None or row.vanished_at is None:
        return None
    kind = drift.KINDS[model]
    portrait = kind.portrait(vars(row))
    return Vanished(
        noun=drift_words.noun(kind.word),
        id=id,
        name=row.name,
        at=row.vanished_at,
        was=drift_words.was("vanished", portrait) if portrait else "",
    )
