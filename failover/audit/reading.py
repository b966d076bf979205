"""The chain's rows from the first to the last, a page at a time.

Read by number and not by one cursor: a million rows need the memory of a page, hold no
snapshot open and survive a statement's time limit.
"""

from collections.abc import Iterator

from django.db.models import QuerySet

from failover.models import AuditEntry

PAGE = 500


class Unreadable(Exception):
    """A row's bytes are not even of their column's type; `after` is the one before."""

    def __init__(self, *, after: int) -> None:
        super().__init__(after)
        self.after = after


def read(*, database: str = "default") -> Iterator[AuditEntry]:
    """Every row in the order of its number. Raises Unreadable in the middle."""
    rows = AuditEntry.objects.using(database).order_by("seq")
    last, page = None, _read_page(rows, None)
    while page:
        is_end = len(page) < PAGE
        # A number that occurs twice may lie across the pages: its group stays whole.
        whole = page if is_end else [r for r in page if r.seq != page[-1].seq]
        yield from whole or page
        if is_end:
            return
        last = (whole or page)[-1].seq
        page = _read_page(rows, last)


def _read_page(rows: QuerySet[AuditEntry], after: int | None) -> list[AuditEntry]:
    wanted = rows if after is None else rows.filter(seq__gt=after)
    try:
        return list(wanted[:PAGE])
    except (ValueError, TypeError, OverflowError):
        return _read_one_by_one(rows, after)


def _read_one_by_one(rows: QuerySet[AuditEntry], after: int | None) -> list[AuditEntry]:
    """The rows before the one that cannot be read; it alone is the next page."""
    found: list[AuditEntry] = []
    last = after
    while len(found) < PAGE:
        wanted = rows if last is None else rows.filter(seq__gt=last)
        try:
            row = wanted.first()
        except (ValueError, TypeError, OverflowError) as error:
            raise Unreadable(after=last or 0) from error
        if row is None:
            break
        found.append(row)
        last = row.seq
    return found
