"""What is typed into a filter, taken apart: tokens and words, without a database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

# Values that stand for something that cannot be typed.
EMPTY = "(empty)"
NOT_TAGGED = "(not tagged)"
TAG = "tag"
# Of what a URL brings, this many characters, filters and words are believed.
MOST_VALUE = 1024
MOST_TOKENS = 50
MOST_WORDS = 10


class Operator(StrEnum):
    """How a property is compared. Nothing but a range tells upper from lower case."""

    EQUALS = "="
    DIFFERS = "!="
    CONTAINS = ":"
    LACKS = "!:"
    STARTS = "^"
    FROM = ">="
    UNTIL = "<="


NEGATIVE = frozenset({Operator.DIFFERS, Operator.LACKS})
RANGES = frozenset({Operator.FROM, Operator.UNTIL})
_OPERATOR = r"(?P<operator>!=|!:|>=|<=|=|:|\^)"
_QUOTED = r'"(?:[^"]|"")*"'
_PROPERTY = re.compile(
    rf"(?P<property>[a-z][a-z0-9_]*)\s*{_OPERATOR}(?P<value>.*)", re.S
)
_QUOTED_KEY = re.compile(rf"(?P<key>{_QUOTED})\s*{_OPERATOR}(?P<value>.*)", re.S)
# A key may hold colons: it ends at the first other operator, else at the first colon.
_PLAIN_KEY = re.compile(
    r"(?P<key>[^\"].*?)(?P<operator>!=|!:|>=|<=|=|\^)(?P<value>.*)", re.S
)
_COLON_KEY = re.compile(r"(?P<key>[^\":][^:]*)(?P<operator>:)(?P<value>.*)", re.S)
_CHUNK = re.compile(rf"(?:{_QUOTED}|[^\s\"]|\")+")
_SPECIAL = re.compile(r'[\s"=!:^<>]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One filter. `name` is the property's; `key` the tag's, for `tag` alone."""

    name: str
    operator: Operator
    value: str
    key: str = ""

    @property
    def field(self) -> str:
        """The property as it is written: `status`, `tag:Env`, `tag:"a=b"`."""
        if self.name != TAG:
            return self.name
        return f"{TAG}:{_quote(self.key)}"

    def __str__(self) -> str:
        return f"{self.field}{self.operator}{self.value}"

    @property
    def plain(self) -> str:
        """As an address carries it: without quotes where it reads back as the same."""
        return str(self) if parse(str(self)) == self else self.typed

    @property
    def typed(self) -> str:
        """As it would be typed among other words: a value with spaces in quotes."""
        value = self.value
        is_plain = value and not re.search(r'[\s"]', value)
        compared = f"{self.operator}{value if is_plain else _wrap(value)}"
        if self.name == TAG and parse(self.field + compared) != self:
            # A value that begins like an operator would be read as part of the key.
            return f"{TAG}:{_wrap(self.key)}{compared}"
        return self.field + compared


def parse(text: str) -> Token | None:
    """The token that the text is, or None if it has no property and operator."""
    text = text.strip()
    if text.startswith(f"{TAG}:"):
        return _parse_tag(text[len(TAG) + 1 :])
    found = _PROPERTY.fullmatch(text)
    if found is None:
        return None
    return Token(
        name=found["property"],
        operator=Operator(found["operator"]),
        value=_plain(found["value"]),
    )


def split(text: str) -> Iterator[str]:
    """The words of a search; what stands in double quotes stays together."""
    yield from (found.group() for found in _CHUNK.finditer(text))


def unquote(word: str) -> str:
    """A word without the quotes that kept it together."""
    return re.sub(_QUOTED, lambda m: m.group()[1:-1].replace('""', '"'), word)


def _parse_tag(text: str) -> Token | None:
    for pattern in (_QUOTED_KEY, _PLAIN_KEY, _COLON_KEY):
        found = pattern.fullmatch(text)
        if found is not None:
            return Token(
                name=TAG,
                key=unquote(found["key"]).strip(),
                operator=Operator(found["operator"]),
                value=_plain(found["value"]),
            )
    return None


def _plain(value: str) -> str:
    value = value.strip()
    return unquote(value) if re.fullmatch(_QUOTED, value) else value


def _quote(key: str) -> str:
    return _wrap(key) if _SPECIAL.search(key) else key


def _wrap(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
