"""DescribeTags: the tags of every resource that ec2sim keeps itself."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ec2sim.rules import filters, glances, listing, tokens
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state.region import Region

ACTION = "DescribeTags"
MOST = 1000
Place = tuple[int, int, str]
START: Place = (0, 0, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRow:
    """One tag of one resource; `place` orders the pages."""

    id: str
    place: Place
    resource_type: str
    key: str
    value: str

    @property
    def tags(self) -> Mapping[str, str]:
        """The tag itself, for the filters that every call has."""
        return {self.key: self.value}

    def shown(self) -> dict[str, str]:
        """The tag in EC2's shape."""
        return {
            "ResourceId": self.id,
            "ResourceType": self.resource_type,
            "Key": self.key,
            "Value": self.value,
        }


FIELDS: filters.Fields[TagRow] = {
    "key": lambda row: (row.key,),
    "value": lambda row: (row.value,),
    "resource-id": lambda row: (row.id,),
    "resource-type": lambda row: (row.resource_type,),
}


@action
def describe_tags(region: Region, params: Params) -> Reply:
    """DescribeTags, in pages of 5 to 1000."""
    limit: int | None = params.get("MaxResults")
    if limit is not None:
        listing.check_limit(limit, least=5, most=MOST)
    after = START
    sealed = tokens.opened(region, ACTION, params)
    if sealed is not None:
        kind, birth, key = json.loads(sealed)
        after, limit = (kind, birth, key), limit or MOST
    wanted = filters.parse(params.get("Filters") or (), FIELDS)
    fits = filters.matcher(wanted, FIELDS)
    found: list[TagRow] = []
    for row in _rows(region, wanted, after):
        if not fits(row):
            continue
        if limit is not None and len(found) == limit:
            place = json.dumps(found[-1].place)
            token = tokens.seal(region, ACTION, params, place)
            return listing.page("Tags", _shown(found), token=token)
        found.append(row)
    return {"Tags": _shown(found)}


def _rows(
    region: Region, wanted: Mapping[str, set[str]], after: Place
) -> Iterator[TagRow]:
    """Every tag behind a place, by kind of resource, birth and key."""
    for number, (kind, table) in enumerate(region.tables().items()):
        if number < after[0] or not _allows(wanted, kind):
            continue
        start = after[1] - 1 if number == after[0] and after[1] else 0
        glance: glances.Glance[Any] = glances.Glance(region, table)
        for row_id in _ids(table, wanted, start):
            row = glance.row(row_id)
            for key, value in sorted(row.tags.items() if row else ()):
                place = (number, table.birth(row_id), key)
                if place > after:
                    yield TagRow(
                        id=row_id,
                        place=place,
                        resource_type=kind,
                        key=key,
                        value=value,
                    )


def _allows(wanted: Mapping[str, set[str]], kind: str) -> bool:
    """Whether resources of this kind can match at all."""
    kinds = wanted.get("resource-type")
    return kinds is None or filters.any_matches([kind], kinds)


def _ids(table: Any, wanted: Mapping[str, set[str]], start: int) -> Iterator[str]:
    named = wanted.get("resource-id")
    if named is not None and filters.are_plain(named):
        found: Iterator[str] = iter(table.in_order(named, after=start))
        return found
    known: Iterator[str] = table.known(after=start)
    return known


def _shown(found: list[TagRow]) -> list[dict[str, str]]:
    return [row.shown() for row in found]
