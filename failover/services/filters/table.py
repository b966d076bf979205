"""What every table's FilterSet does: read the question, and narrow the rows by it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from failover.services.filters import questions, tokens
from failover.services.filters.properties import Property
from failover.services.filters.questions import Question
from failover.services.filters.tokens import NEGATIVE, RANGES


class Table(django_filters.FilterSet):
    """`q`, every `f`, and a parameter for each property; see `questions.read`.

    Tokens of one property are alternatives, except those that deny or bound, which all
    hold; different properties all hold; so do the words.
    """

    # What saved views and users' settings call the table; empty: it has none.
    table_id: ClassVar[str] = ""
    properties: ClassVar[Sequence[Property]] = ()
    # Columns in which words are looked for, where the table has no text of its own.
    searched: ClassVar[tuple[str, ...]] = ()
    # `?ordering=` name -> column.
    ordered: ClassVar[Mapping[str, str]] = {}
    default_ordering: ClassVar[tuple[str, ...]] = ("pk",)

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
        for word in self.question.words:
            queryset = queryset.filter(self.find(word))
        for condition in self._conditions():
            queryset = queryset.filter(condition)
        return queryset

    def find(self, word: str) -> Q:
        """Rows with the word in a searched column."""
        found = Q()
        for column in self.searched:
            found |= Q(**{f"{column}__icontains": word})
        return found

    def _conditions(self) -> list[Q]:
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
