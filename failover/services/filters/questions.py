"""What one request asks of a table: its tokens, its words, and what was wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from failover.services.filters import properties, tokens
from failover.services.filters.properties import Property
from failover.services.filters.tokens import (
    MOST_TOKENS,
    MOST_VALUE,
    MOST_WORDS,
    TAG,
    Operator,
    Token,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A filter that cannot be, by the parameter it came in, in a sentence."""

    parameter: str
    text: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Filters taken apart. Words are lower case; tokens stand in the order given."""

    words: tuple[str, ...] = ()
    tokens: tuple[Token, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def is_asked(self) -> bool:
        return bool(self.words or self.tokens or self.faults)


def read(known: Mapping[str, Property], given: Mapping[str, Sequence[str]]) -> Question:
    """Take a query apart: `q`, every `f`, and parameters that are properties.

    `given` is parameter -> values. A word of `q` that names a property and an operator
    is a token; one that only looks like it is a word.
    """
    found: dict[Token, str] = {}
    faults = _read_filters(given.get("f", ()), found)
    for name in known:
        for value in given.get(name, ()):
            if value:
                token = Token(name=name, operator=Operator.EQUALS, value=value)
                found.setdefault(token, name)
    words = _read_words(known, "".join(given.get("q", ())[-1:]), found)
    good = []
    for token, parameter in list(found.items())[:MOST_TOKENS]:
        said = _fault(known, token)
        if said:
            faults.append(Fault(parameter=parameter, text=str(token), sentence=said))
        else:
            good.append(token)
    if len(found) > MOST_TOKENS:
        said = f"At most {MOST_TOKENS} filters at once; the others were left out."
        faults.append(Fault(parameter="f", text=f"{len(found)} filters", sentence=said))
    return Question(words=tuple(words), tokens=tuple(good), faults=tuple(faults))


def condition_of(asked: Property, token: Token) -> Q:
    """The token's condition. Raises ValueError."""
    if token.name == TAG:
        return properties.tag(token.key, token.operator, token.value)
    return asked.condition(token.operator, token.value)


def _read_filters(texts: Sequence[str], found: dict[Token, str]) -> list[Fault]:
    faults = []
    for text in texts:
        token = tokens.parse(text[: 2 * MOST_VALUE])
        if token is not None:
            found.setdefault(token, "f")
        elif text.strip():
            said = "A filter is property, operator, value, such as status=in-use."
            faults.append(Fault(parameter="f", text=text, sentence=said))
    return faults


def _read_words(
    known: Mapping[str, Property], text: str, found: dict[Token, str]
) -> list[str]:
    words: dict[str, None] = {}
    for chunk in tokens.split(text[:MOST_VALUE]):
        token = tokens.parse(chunk)
        if token is not None and token.name in known:
            found.setdefault(token, "q")
        elif word := tokens.unquote(chunk).strip().lower():
            words[word] = None
    return list(words)[:MOST_WORDS]


def _fault(known: Mapping[str, Property], token: Token) -> str:
    """Why the token cannot be asked; empty if it can."""
    asked = known.get(token.name)
    if asked is None:
        return f"There is no property {token.name} here."
    if token.operator not in asked.operators:
        those = " ".join(asked.operators)
        return f"{asked.label} is compared by one of: {those}"
    if len(token.value) > MOST_VALUE or "\0" in token.value + token.key:
        return "The value is too long or holds what is not text."
    try:
        condition_of(asked, token)
    except ValueError as error:
        return str(error)
    return ""
