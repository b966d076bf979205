"""How every Describe finds its rows: by name, by filter, in pages."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Generic, TypeVar

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, tokens
from ec2sim.rules.actions import Params, Reply
from ec2sim.state.ids import Kind
from ec2sim.state.region import Region
from ec2sim.state.table import Row, Table

R = TypeVar("R", bound=Row)
T = TypeVar("T")
LEAST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[R]):
    """What one Describe call may be asked. `least` and `most` bound MaxResults.

    In a region with more than `crowd` rows a call must be paged, name what it wants,
    or have one of the filters of `narrow`. `through` finds the rows that a filter's
    value may mean by the indexes of other tables.
    """

    action: str
    kind: Kind
    ids: str
    fields: filters.Fields[R]
    id_filter: str
    least: int = LEAST
    most: int = 1000
    paged: bool = True
    crowd: int | None = None
    narrow: frozenset[str] = frozenset()
    through: Mapping[str, Callable[[str], Iterable[str]]] = field(default_factory=dict)


class Drawn(Sequence[dict[str, Any]], Generic[R]):
    """Rows in EC2's shape, each drawn anew when it is asked for.

    Drawing may depend on nothing but the row, for it happens after the account's lock
    is released, and a door may keep what it has made of a row in `table`.
    """

    __slots__ = ("draw", "rows", "table")

    def __init__(
        self, table: Table[R], rows: list[R], draw: Callable[[R], dict[str, Any]]
    ) -> None:
        self.table = table
        self.rows = rows
        self.draw = draw

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(self.draw, self.rows)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self.draw(row) for row in self.rows[place]]
        return self.draw(self.rows[place])


def rows(
    region: Region, table: Table[R], listing: Listing[R], params: Params
) -> tuple[list[R], str | None]:
    """The rows that a Describe answers with, and the token of the next page.

    A page goes on after the last row of the one before in the order of birth, so that
    rows that come and go meanwhile make nobody skip or meet another row twice. With
    `stale_s` set, each row is shown as it was up to that many seconds ago.
    """
    ids: list[str] = list(params.get(listing.ids) or ())
    limit = _limit(listing, params, ids)
    for row_id in ids:
        listing.kind.check(row_id)
    wanted = filters.parse(params.get("Filters") or (), listing.fields)
    after = _after(region, listing, params)
    if limit is None and after is not None:
        limit = listing.most
    if limit is None and not ids:
        _check_crowd(table, listing, wanted)
    view = _View(region, table)
    if ids:
        found: Iterable[R] = view.named(ids, listing.kind)
    else:
        found = view.rows(_candidates(table, listing, wanted, view, after or 0))
    if wanted:
        found = filter(filters.matcher(wanted, listing.fields), found)
    if limit is None or not listing.paged:
        return list(found), None
    page = list(islice(found, limit + 1))
    if len(page) <= limit:
        return page, None
    place = str(table.birth(page[limit - 1].id))
    return page[:limit], tokens.seal(region, listing.action, params, place)


def tag_set(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as EC2 lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


class _View:
    """A table as one reader meets it: each row now, or as it recently was."""

    def __init__(self, region: Region, table: Table[Any]) -> None:
        self.stale_s = region.around.config.stale_s
        self._region = region
        self._table = table
        self._now = region.now
        self._chance = region.around.chance
        table.memory_s = self.stale_s
        table.forget(before=self._now - self.stale_s)

    def rows(self, ids: Iterable[str]) -> Iterator[Any]:
        """The rows that this reader can see, one by one."""
        return filter(None, map(self._row, ids))

    def named(self, ids: list[str], kind: Kind) -> list[Any]:
        """The rows of these identifiers. Raises Ec2Error when one cannot be seen."""
        found = {row_id: self._row(row_id) for row_id in ids}
        missing = [row_id for row_id, row in found.items() if row is None]
        if missing:
            raise kind.missing(*missing)
        return list(found.values())

    def _row(self, row_id: str) -> Any:
        if self._region.unseen and self._region.hides(row_id):
            return None
        if not self.stale_s:
            return self._table.get(row_id)
        age_s = self._chance.uniform(0, self.stale_s)
        return self._table.seen(row_id, at=self._now - age_s)


def _candidates(
    table: Table[R],
    listing: Listing[R],
    wanted: Mapping[str, set[str]],
    view: _View,
    after: int,
) -> Iterable[str]:
    """The identifiers to look at, by birth: as few as the indexes allow."""
    named = wanted.get(listing.id_filter)
    if named and filters.are_plain(named):
        return table.in_order(named, after=after)
    best: Iterable[str] | None = None
    fewest = len(table)
    for name, values in wanted.items():
        found = _pointed_at(table, listing, name, values, view)
        if found is not None and len(found) < fewest:
            best, fewest = found, len(found)
    if best is None:
        return table.known(after=after)
    ids = set(best)
    if view.stale_s:
        # The indexes know rows as they are, and a stale reader what they were.
        ids.update(table.changed())
    return table.in_order(ids, after=after)


def _pointed_at(
    table: Table[R], listing: Listing[R], name: str, values: set[str], view: _View
) -> Collection[str] | None:
    """The rows that an index has for a filter, or None where there is no index."""
    if not filters.are_plain(values):
        return None
    if table.is_indexed(name):
        if len(values) == 1:
            return table.ids(name, *values)
        return {row_id for value in values for row_id in table.ids(name, value)}
    point = listing.through.get(name)
    if point is None or view.stale_s:
        return None
    return {row_id for value in values for row_id in point(value)}


def _limit(listing: Listing[R], params: Params, ids: list[str]) -> int | None:
    limit: int | None = params.get("MaxResults")
    if limit is None:
        return None
    if ids:
        shown = listing.ids[0].lower() + listing.ids[1:]
        raise Ec2Error(
            "InvalidParameterCombination",
            f"The parameter {shown} cannot be used with the parameter maxResults",
        )
    check_limit(limit, least=listing.least, most=listing.most)
    return limit


def check_limit(limit: int, *, least: int, most: int) -> None:
    """Refuse a MaxResults that the call does not allow."""
    if not least <= limit <= most:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ( {limit} ) for parameter maxResults is invalid. Expecting a "
            f"value between {least} and {most}.",
        )


def _check_crowd(
    table: Table[R], listing: Listing[R], wanted: Mapping[str, set[str]]
) -> None:
    if listing.crowd is None or len(table) <= listing.crowd:
        return
    if not wanted.keys() & listing.narrow:
        raise Ec2Error(
            "OperationNotPermitted",
            f"There are too many resources for a {listing.action} without pagination. "
            "Use MaxResults, or one of these filters: "
            f"{', '.join(sorted(listing.narrow))}.",
        )


def _after(region: Region, listing: Listing[R], params: Params) -> int | None:
    if not listing.paged:
        return None
    place = tokens.opened(region, listing.action, params)
    return None if place is None else int(place)


def cut(
    region: Region,
    found: Iterable[T],
    params: Params,
    *,
    action: str,
    key: Callable[[T], str],
    most: int = 1000,
) -> tuple[list[T], str | None]:
    """One page of a list that has no table behind it, and the next page's token.

    The list is answered in the order of `key`, which must be unique; without
    MaxResults and NextToken all of it. `most` bounds MaxResults.
    """
    place = tokens.opened(region, action, params)
    limit: int | None = params.get("MaxResults")
    if limit is not None:
        check_limit(limit, least=LEAST, most=most)
    listed = sorted(found, key=key)
    if place is not None:
        listed = [each for each in listed if key(each) > place]
        limit = limit or most
    if limit is None or len(listed) <= limit:
        return listed, None
    page = listed[:limit]
    return page, tokens.seal(region, action, params, key(page[-1]))


def page(member: str, shown: Sequence[Any], *, token: str | None) -> Reply:
    """The reply of a Describe: one page under `member`, and the next one's token."""
    reply: Reply = {member: shown}
    return {**reply, "NextToken": token} if token else reply


def timestamp(moment: float) -> str:
    """A moment as EC2 writes it: 2017-12-11T09:12:33.000Z."""
    at = datetime.fromtimestamp(moment, tz=UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
