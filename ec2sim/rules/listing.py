"""How every Describe finds its rows: by name, by filter, in pages."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters
from ec2sim.rules.actions import Params
from ec2sim.state.ids import Kind
from ec2sim.state.region import Region
from ec2sim.state.table import Row, Table

R = TypeVar("R", bound=Row)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[R]):
    """What one Describe call may be asked. `least` and `most` bound MaxResults."""

    action: str
    kind: Kind
    ids: str
    fields: filters.Fields[R]
    id_filter: str
    least: int = 5
    most: int = 1000
    paged: bool = True
    ids_with_pages: bool = False


def rows(
    region: Region, table: Table[R], listing: Listing[R], params: Params
) -> tuple[list[R], str | None]:
    """The rows that a Describe answers with, and the token of the next page.

    With `stale_s` set, each row is shown as it was up to that many seconds ago.
    """
    ids: list[str] = list(params.get(listing.ids) or ())
    limit = _limit(listing, params, ids)
    for row_id in ids:
        listing.kind.check(row_id)
    wanted = filters.parse(params.get("Filters") or (), listing.fields)
    view = _View(region, table)
    if ids:
        found = view.rows(dict.fromkeys(ids))
        missing = [row_id for row_id in dict.fromkeys(ids) if row_id not in view.met]
        if missing:
            raise listing.kind.missing(*missing)
    else:
        found = view.rows(_candidates(table, listing, wanted, view))
    if wanted:
        found = [row for row in found if filters.matches(row, wanted, listing.fields)]
    return _page(table, listing, params, found, limit)


def tag_set(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as EC2 lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


class _View:
    """A table as one reader meets it: each row now, or as it recently was."""

    def __init__(self, region: Region, table: Table[Any]) -> None:
        self.stale_s = region.around.config.stale_s
        self.met: set[str] = set()
        self._table = table
        self._now = region.now
        self._chance = region.around.chance
        table.memory_s = self.stale_s
        table.forget(before=self._now - self.stale_s)

    def rows(self, ids: Iterable[str]) -> list[Any]:
        found = []
        for row_id in ids:
            row = self._row(row_id)
            if row is not None:
                self.met.add(row_id)
                found.append(row)
        return found

    def _row(self, row_id: str) -> Any:
        if not self.stale_s:
            return self._table.get(row_id)
        age_s = self._chance.uniform(0, self.stale_s)
        return self._table.seen(row_id, at=self._now - age_s)


def _candidates(
    table: Table[R], listing: Listing[R], wanted: Mapping[str, set[str]], view: _View
) -> Iterable[str]:
    named = wanted.get(listing.id_filter)
    if named and all(filters.is_plain(value) for value in named):
        return sorted(named, key=table.birth)
    if view.stale_s:
        return table.known()
    best: list[str] | None = None
    fewest = len(table)
    for name, values in wanted.items():
        is_indexed = name in table.indexed or name.startswith("tag:")
        if not is_indexed or not all(filters.is_plain(value) for value in values):
            continue
        count = sum(table.count(name, value) for value in values)
        if count <= fewest:
            ids = {row.id for value in values for row in table.find(name, value)}
            best, fewest = sorted(ids, key=table.birth), count
    return table.known() if best is None else best


def _limit(listing: Listing[R], params: Params, ids: list[str]) -> int | None:
    limit: int | None = params.get("MaxResults")
    if limit is None:
        return None
    if ids and not listing.ids_with_pages:
        shown = listing.ids[0].lower() + listing.ids[1:]
        raise Ec2Error(
            "InvalidParameterCombination",
            f"The parameter {shown} cannot be used with the parameter maxResults",
        )
    if not listing.least <= limit <= listing.most:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ( {limit} ) for parameter maxResults is invalid. Expecting a "
            f"value between {listing.least} and {listing.most}.",
        )
    return limit


def _page(
    table: Table[R],
    listing: Listing[R],
    params: Params,
    found: list[R],
    limit: int | None,
) -> tuple[list[R], str | None]:
    if not listing.paged:
        return found, None
    mark = _mark(listing, params)
    token = params.get("NextToken")
    if token:
        after = _opened(token, mark)
        found = [row for row in found if table.birth(row.id) > after]
    limit = limit or listing.most
    if len(found) <= limit or ("MaxResults" not in params and not token):
        return found, None
    page = found[:limit]
    sealed = json.dumps([mark, table.birth(page[-1].id)]).encode()
    return page, base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _mark(listing: Listing[R], params: Params) -> str:
    """What a token belongs to: the call, its filters and names."""
    asked = [listing.action, params.get("Filters"), params.get(listing.ids)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def _opened(token: str, mark: str) -> int:
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        found_mark, after = json.loads(sealed)
    except (ValueError, TypeError, binascii.Error) as error:
        raise _bad_token() from error
    if found_mark != mark or not isinstance(after, int):
        raise _bad_token()
    return after


def _bad_token() -> Ec2Error:
    return Ec2Error("InvalidNextToken", "The token is not valid for this request.")


def cut(found: list[T], params: Params, *, most: int) -> tuple[list[T], str | None]:
    """One page of a list that has no table behind it, and the next page's token."""
    token, limit = params.get("NextToken"), params.get("MaxResults") or most
    start = 0
    if token:
        start = _opened(token, "place")
    if start + limit >= len(found):
        return found[start:], None
    sealed = json.dumps(["place", start + limit]).encode()
    following = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    return found[start : start + limit], following


def timestamp(moment: float) -> str:
    """A moment as EC2 writes it: 2017-12-11T09:12:33.000Z."""
    at = datetime.fromtimestamp(moment, tz=UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
