"""What a table can be filtered by: each property with its operators and conditions.

A condition raises ValueError with a sentence for the reader where a value cannot be
what the property holds.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from failover.models import searches
from failover.services.filters.tokens import EMPTY, NEGATIVE, NOT_TAGGED, TAG, Operator

# Where the mirrored tables keep the text that is searched.
TEXT = "search__text"
WORDS: tuple[Operator, ...] = (
    Operator.EQUALS,
    Operator.DIFFERS,
    Operator.CONTAINS,
    Operator.LACKS,
    Operator.STARTS,
)
ONE_OF: tuple[Operator, ...] = (Operator.EQUALS, Operator.DIFFERS)
AMOUNTS: tuple[Operator, ...] = (
    Operator.EQUALS,
    Operator.DIFFERS,
    Operator.FROM,
    Operator.UNTIL,
)
YES = frozenset({"true", "yes", "1", "on"})
NO = frozenset({"false", "no", "0", "off"})
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOST_INT = 2**31 - 1
# The positive operator that a negative one denies.
DENIES: Mapping[Operator, Operator] = {
    Operator.DIFFERS: Operator.EQUALS,
    Operator.LACKS: Operator.CONTAINS,
}
Condition = Callable[[Operator, str], Q]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One thing to filter by. `column` and `choices` are where its values come from."""

    name: str
    label: str
    operators: tuple[Operator, ...]
    condition: Condition = field(repr=False)
    column: str = ""
    choices: tuple[str, ...] = ()


def text(name: str, label: str, column: str = "", *, many: bool = True) -> Property:
    """Words for people. `many`: too many values to offer them all."""
    column = column or name
    lookups = {
        Operator.EQUALS: "iexact",
        Operator.CONTAINS: "mentions",
        Operator.STARTS: "istartswith",
    }

    def condition(operator: Operator, value: str) -> Q:
        return _compare(column, lookups[operator], value)

    return Property(
        name=name,
        label=label,
        operators=WORDS,
        condition=_denying(condition),
        column="" if many else column,
    )


def code(name: str, label: str, column: str = "", *, many: bool = True) -> Property:
    """What AWS writes in lower case: ids, zones, states. Equality uses an index."""
    column = column or name
    lookups = {
        Operator.EQUALS: "exact",
        Operator.CONTAINS: "contains",
        Operator.STARTS: "startswith",
    }

    def condition(operator: Operator, value: str) -> Q:
        return _compare(column, lookups[operator], value.lower())

    return Property(
        name=name,
        label=label,
        operators=WORDS,
        condition=_denying(condition),
        column="" if many else column,
    )


def choice(
    name: str, label: str, choices: tuple[str, ...], column: str = ""
) -> Property:
    """One of a few codes of ours."""
    found = code(name, label, column)
    return Property(
        name=name,
        label=label,
        operators=ONE_OF,
        condition=found.condition,
        choices=choices,
    )


def flag(
    name: str,
    label: str,
    is_true: Callable[[], Q],
    is_false: Callable[[], Q] | None = None,
) -> Property:
    """Yes or no. `is_false` where an index has what is not true, too."""

    def condition(operator: Operator, value: str) -> Q:
        asked = value.lower()
        if asked not in YES | NO:
            raise ValueError(f"{label} is true or false.")
        wants = (asked in YES) == (operator is Operator.EQUALS)
        if wants:
            return is_true()
        return is_false() if is_false else ~is_true()

    return Property(
        name=name,
        label=label,
        operators=ONE_OF,
        condition=condition,
        choices=("true", "false"),
    )


def number(name: str, label: str, column: str = "") -> Property:
    """A whole number."""
    column = column or name

    def condition(operator: Operator, value: str) -> Q:
        if value == EMPTY and operator in ONE_OF:
            return Q(**{f"{column}__isnull": operator is Operator.EQUALS})
        if not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
            raise ValueError(f"{label} is a whole number.")
        return _range(column, operator, max(-MOST_INT, min(int(value), MOST_INT)))

    return Property(name=name, label=label, operators=AMOUNTS, condition=condition)


def moment(name: str, label: str, column: str = "") -> Property:
    """A time: a day, or RFC 3339; without a zone it is of the zone of who asks.

    Django's current one: that which a page shows its times in; over REST UTC.
    """
    column = column or name

    def condition(operator: Operator, value: str) -> Q:
        if value == EMPTY and operator in ONE_OF:
            return Q(**{f"{column}__isnull": operator is Operator.EQUALS})
        first, last = _span(label, value)
        inside = Q(**{f"{column}__gte": first, f"{column}__lt": last})
        match operator:
            case Operator.FROM:
                return Q(**{f"{column}__gte": first})
            case Operator.UNTIL:
                return Q(**{f"{column}__lt": last})
            case _:
                return inside if operator is Operator.EQUALS else ~inside

    return Property(name=name, label=label, operators=AMOUNTS, condition=condition)


def uuid(name: str, label: str, column: str = "") -> Property:
    """An id of ours."""
    column = column or name

    def condition(operator: Operator, value: str) -> Q:
        if value == EMPTY:
            return Q(**{f"{column}__isnull": operator is Operator.EQUALS})
        try:
            known = Q(**{column: UUID(value)})
        except ValueError as error:
            raise ValueError(f"{label} is a UUID.") from error
        return known if operator is Operator.EQUALS else ~known

    return Property(name=name, label=label, operators=ONE_OF, condition=condition)


def listed(name: str, label: str, kind: str) -> Property:
    """A row has several of these: its text holds them as lines of a kind."""
    return Property(
        name=name,
        label=label,
        operators=WORDS,
        condition=_denying(lambda o, v: _line(f"{kind}{searches.KIND}", o, v)),
    )


def tag(key: str, operator: Operator, value: str) -> Q:
    """A condition on one tag; a row without the tag has none of its values."""
    if not key:
        raise ValueError("Say which tag: tag:Key=Value.")
    begin = f"{searches.fold(key)}{searches.TAG}"
    if value == NOT_TAGGED:
        if operator not in ONE_OF:
            raise ValueError(f"{NOT_TAGGED} goes with = and != alone.")
        has = Q(**{f"{TEXT}__holds": f"{searches.LINE}{begin}"})
        return has if operator is Operator.DIFFERS else ~has
    return _denying(lambda o, v: _tag_line(begin, o, v))(operator, value)


def _tag_line(begin: str, operator: Operator, value: str) -> Q:
    """A row has a tag once, so its value can be cut out: quicker than an expression."""
    wanted = "" if value == EMPTY else searches.fold(value)
    if operator is not Operator.CONTAINS or not wanted:
        return _line(begin, operator, value)
    return Q(**{f"{TEXT}__holds_in_line": (f"{searches.LINE}{begin}", wanted)})


TAGS = Property(
    name=TAG,
    label="Tag",
    operators=WORDS,
    # Asked with its key, by `tag`.
    condition=lambda operator, value: tag("", operator, value),
)


def related(name: str, label: str, condition: Condition, column: str = "") -> Property:
    """What another table knows of the row; the condition is of a positive operator."""
    return Property(
        name=name,
        label=label,
        operators=WORDS,
        condition=_denying(condition),
        column=column,
    )


def _denying(condition: Condition) -> Condition:
    def whole(operator: Operator, value: str) -> Q:
        if operator in NEGATIVE:
            return ~condition(DENIES[operator], value)
        return condition(operator, value)

    return whole


def _compare(column: str, lookup: str, value: str) -> Q:
    if value == EMPTY and lookup in ("exact", "iexact"):
        return Q(**{column: ""})
    return Q(**{f"{column}__{lookup}": value})


def _range(column: str, operator: Operator, value: int) -> Q:
    match operator:
        case Operator.FROM:
            return Q(**{f"{column}__gte": value})
        case Operator.UNTIL:
            return Q(**{f"{column}__lte": value})
        case _:
            same = Q(**{column: value})
            return same if operator is Operator.EQUALS else ~same


def _line(begin: str, operator: Operator, value: str) -> Q:
    """A line of the text that begins so and goes on with the value as asked."""
    first = f"{searches.LINE}{begin}"
    wanted = "" if value == EMPTY else searches.fold(value)
    if operator is Operator.EQUALS:
        return Q(**{f"{TEXT}__holds": f"{first}{wanted}{searches.LINE}"})
    if operator is Operator.STARTS or not wanted:
        return Q(**{f"{TEXT}__holds": f"{first}{wanted}"})
    # The plain looks are cheap and leave few rows to the expression.
    exact = f"{re.escape(first)}[^{searches.LINE}]*{re.escape(wanted)}"
    return (
        Q(**{f"{TEXT}__holds": first})
        & Q(**{f"{TEXT}__holds": wanted})
        & Q(**{f"{TEXT}__regex": exact})
    )


def _span(label: str, value: str) -> tuple[datetime, datetime]:
    """The times from and before which a value lies: a day, a second, an instant."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{label} is a time such as 2026-11-29T08:00:00Z.") from error
    at = at if at.tzinfo else at.replace(tzinfo=timezone.get_current_timezone())
    try:
        if DAY.fullmatch(value):
            # By the clock on the wall: a day may have 23 hours, or 25.
            return at.astimezone(UTC), (at + timedelta(days=1)).astimezone(UTC)
        return at.astimezone(UTC), at.astimezone(UTC) + timedelta(seconds=1)
    except OverflowError as error:
        raise ValueError(f"{label} is a time within this calendar.") from error
