"""What every table's FilterSet does: read the question, and narrow the rows by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from failover.services.filters import questions, tokens
from failover.services.filters.properties import Property
from failover.services.filters.questions import Question
from failover.services.filters.tokens import NEGATIVE, RANGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Texts that are as asked, also of rows that are not to be seen.

    `is_all`: nothing else is asked.
    """

    rows: QuerySet[Any]
    is_all: bool

    def walk(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows, each asked for its text in turn.

        So a page of many costs what lies before it. Of a join PostgreSQL believes that
        all texts are soonest read first, and then sorted.
        """
        own = self.rows.filter(row=OuterRef("pk")).values("pk")[:1]
        return rows.filter(IsNull(Subquery(own), False))  # noqa: FBT003 - Django's own.


class Table(django_filters.FilterSet):
    """`q`, every `f`, and a parameter for each property; see `questions.read`.

    Tokens of one property are alternatives, except those that deny or bound, which all
    hold; different properties all hold; so do the words.
    """

    # What saved views and users' settings call the table; empty: it has none.
    table_id: ClassVar[str] = ""
    properties: ClassVar[Sequence[Property]] = ()
    # Columns in which words are looked for, where the table has no text of its own;
    # and of them those of ids, names and codes that are in lower case always.
    searched: ClassVar[tuple[str, ...]] = ()
    lower: ClassVar[frozenset[str]] = frozenset()
    # `?ordering=` name -> column.
    ordered: ClassVar[Mapping[str, str]] = {}
    default_ordering: ClassVar[tuple[str, ...]] = ("pk",)
    # Orders in which many rows are alike, and come then by their names.
    grouped: ClassVar[frozenset[str]] = frozenset()
    # A condition of every row, by which SQLite counts in an index what is not narrowed.
    counted_by: ClassVar[Q] = Q()

    q = django_filters.CharFilter(method="leave")
    f = django_filters.CharFilter(method="leave")

    def __init__(self, data: Any, queryset: QuerySet[Any]) -> None:
        """The question is read as a whole: no parameter needs a filter of its own."""
        self.is_bound = data is not None
        self.data = data or {}
        self.queryset = queryset

    @classmethod
    def get_filters(cls) -> Any:
        """Each property is a parameter too."""
        found: dict[str, Any] = super().get_filters()  # type: ignore[no-untyped-call]
        for one in cls.properties:
            if one.name != tokens.TAG:
                found.setdefault(one.name, django_filters.CharFilter(method="leave"))
        return found

    def leave(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Nothing: `filter_queryset` reads the question as a whole."""
        del name, value
        return rows

    @classmethod
    def known(cls) -> Mapping[str, Property]:
        """The properties by their names."""
        return {p.name: p for p in cls.properties}

    @cached_property
    def question(self) -> Question:
        """What is asked, taken apart."""
        return questions.read(self.known(), _lists(self.data))

    @property
    def errors(self) -> Any:
        """By parameter, in sentences."""
        found: dict[str, list[str]] = {}
        for fault in self.question.faults:
            found.setdefault(fault.parameter, []).append(
                f"{fault.text}: {fault.sentence}"
            )
        return found

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the question asks for; what was wrong in it is left out."""
        for condition in self.conditions:
            queryset = queryset.filter(condition)
        return queryset

    @property
    def texts(self) -> Texts | None:
        """Those that are as asked, if the table has texts and they are asked for."""
        return None

    @property
    def read_by(self) -> Sequence[str]:
        """The order of an index that has all that is asked, so that rows are not read.

        Empty where there is none.
        """
        return ()

    def find(self, word: str) -> Q:
        """Rows with the word in a searched column."""
        found = Q()
        for column in self.searched:
            lookup = "holds" if column in self.lower else "mentions"
            found |= Q(**{f"{column}__{lookup}": word})
        return found

    @cached_property
    def conditions(self) -> Sequence[Q]:
        """What all hold for every row that is asked for."""
        return [*map(self.find, self.question.words), *self._of_tokens()]

    def _of_tokens(self) -> list[Q]:
        known = self.known()
        anyone: dict[str, Q] = {}
        every: list[Q] = []
        for token in self.question.tokens:
            condition = questions.condition_of(known[token.name], token)
            if token.operator in NEGATIVE | RANGES:
                every.append(condition)
            else:
                anyone[token.field] = anyone.get(token.field, Q()) | condition
        return [*anyone.values(), *every]


def _lists(data: Any) -> Mapping[str, Sequence[str]]:
    """Parameter -> values, from a query string or from plain values."""
    if hasattr(data, "lists"):
        return {name: list(values) for name, values in data.lists()}
    return {
        name: list(value) if isinstance(value, list | tuple) else [str(value)]
        for name, value in (data or {}).items()
    }
