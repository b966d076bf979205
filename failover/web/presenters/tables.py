"""Columns that sort by a link, and the filters that are on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column's head; without `href` it cannot be sorted by."""

    label: str
    href: str = ""
    aria_sort: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A filter that is on, and the address of the same page without it."""

    label: str
    value: str
    href: str


def columns(
    heads: Sequence[tuple[str, str]], *, query: QueryDict, ordering: str
) -> list[Column]:
    """Heads from (field, label); an empty field is not sortable."""
    return [_column(field, label, query, ordering) for field, label in heads]


def _column(field: str, label: str, query: QueryDict, ordering: str) -> Column:
    if not field:
        return Column(label=label)
    if ordering == field:
        return Column(
            label=label,
            href=_with(query, ordering=f"-{field}"),
            aria_sort="ascending",
            icon="chevron-up",
        )
    if ordering == f"-{field}":
        return Column(
            label=label,
            href=_with(query, ordering=field),
            aria_sort="descending",
            icon="chevron-down",
        )
    return Column(
        label=label, href=_with(query, ordering=field), icon="chevron-up-down"
    )


def tokens(labels: Mapping[str, str], *, query: QueryDict) -> list[Token]:
    """The filters of `labels` (field -> label) that the query string sets."""
    return [
        Token(label=label, value=value, href=_without(query, field))
        for field, label in labels.items()
        if (value := query.get(field, ""))
    ]


def options(values: Iterable[str], *, chosen: str) -> list[dict[str, str | bool]]:
    """A select's options; the value that is chosen stays even if nothing has it."""
    found = sorted({v for v in values if v} | ({chosen} if chosen else set()))
    return [{"value": v, "label": v, "is_chosen": v == chosen} for v in found]


def _with(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    changed.pop("page", None)
    for name, value in changes.items():
        changed[name] = value
    return f"?{changed.urlencode()}"


def _without(query: QueryDict, field: str) -> str:
    changed = query.copy()
    changed.pop("page", None)
    changed.pop(field, None)
    return f"?{changed.urlencode()}"
