"""Whether a text holds a word, or keys a key, as each database finds it soonest.

SQLite is quickest with `LIKE`, which compares where a word's first character stands.
PostgreSQL's `LIKE` does the same at twice the price of `strpos`, which leaps.
"""

import json
from typing import Any

from django.db import models
from django.db.models import Lookup
from django.db.models.lookups import In

# A rare character to begin with is soon found, and soon not found.
COMMON = "-10e2an3i45c6789bdft:srov"
ESCAPED = "\\"
# PostgreSQL's own limit of a text.
MOST_LENGTH = 2**30


@models.CharField.register_lookup
@models.TextField.register_lookup
class Holds(Lookup):
    """`text__holds="word"`; both are folded already."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        text, params = self.process_lhs(compiler, connection)
        whole = str(self.rhs)
        begin = max(range(len(whole)), key=lambda at: _rarity(whole[at:]), default=0)
        # The word from its rarest character on is looked for first.
        wanted = [whole[begin:], whole] if begin else [whole]
        sql = " AND ".join([f"{text} LIKE %s ESCAPE '{ESCAPED}'"] * len(wanted))
        found: list[Any] = []
        for word in wanted:
            found += [*params, f"%{_plain(word)}%"]
        return f"({sql})", found

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        text, params = self.process_lhs(compiler, connection)
        return f"STRPOS({text}, %s) > 0", [*params, str(self.rhs)]


@models.TextField.register_lookup
class SeldomHolds(Holds):
    """`text__seldom_holds="word"`: as `holds`, of all texts at once.

    PostgreSQL knows nothing of what `strpos` finds, and believes that it is a third of
    a table. Of a range it believes that it is little: then it shares the reading out
    among its processes, if the table is big.
    """

    lookup_name = "seldom_holds"

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        text, params = self.process_lhs(compiler, connection)
        sql = f"STRPOS({text}, %s) BETWEEN 1 AND {MOST_LENGTH}"
        return sql, [*params, str(self.rhs)]


@models.Field.register_lookup
class Mentions(Lookup):
    """`column__mentions="word"`: in upper or lower case.

    PostgreSQL's own way to say so takes each letter of each row through the rules of
    a language. A word of ASCII needs none of them. What is no text is asked as ever.
    """

    lookup_name = "mentions"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        if not self._is_of_text:
            return self._as_ever(compiler)
        # SQLite's `LIKE` takes upper for lower case.
        return Holds(self.lhs, str(self.rhs)).as_sql(compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        word = str(self.rhs)
        if not self._is_of_text or not word.isascii():
            return self._as_ever(compiler)
        column, params = self.process_lhs(compiler, connection)
        sql = f'STRPOS(LOWER({column} COLLATE "C"), %s) > 0'
        return sql, [*params, word.lower()]

    @property
    def _is_of_text(self) -> bool:
        kinds = (models.CharField, models.TextField)
        return isinstance(self.lhs.output_field, kinds)

    def _as_ever(self, compiler: Any) -> Any:
        contains = self.lhs.get_lookup("icontains")
        return compiler.compile(contains(self.lhs, str(self.rhs)))


@models.TextField.register_lookup
class HoldsInLine(Lookup):
    """`text__holds_in_line=(begin, word)`: the first line that begins so holds it.

    `begin` has the line's end before it in it, and the text ends with one.
    """

    lookup_name = "holds_in_line"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        text, params = self.process_lhs(compiler, connection)
        begin, word = self.rhs
        rest = f"SUBSTR({text}, INSTR({text}, %s) + {len(begin)})"
        of_rest = [*params, *params, begin]
        sql = (
            f"({text} LIKE %s ESCAPE '{ESCAPED}'"
            f" AND INSTR({rest}, %s) BETWEEN 1 AND INSTR({rest}, %s))"
        )
        like = f"%{_plain(begin)}%{_plain(word)}%"
        return sql, [*params, like, *of_rest, word, *of_rest, begin[0]]

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        text, params = self.process_lhs(compiler, connection)
        begin, word = self.rhs
        sql = f"STRPOS(SPLIT_PART(SPLIT_PART({text}, %s, 2), %s, 1), %s) > 0"
        return sql, [*params, begin, begin[0], word]


@models.Field.register_lookup
class Among(Lookup):
    """`pk__among=[…]`: as `in`, for thousands of keys, which go as one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        key, params = self.process_lhs(compiler, connection)
        wanted = json.dumps([self._stored(key, connection) for key in self.rhs])
        return f"{key} IN (SELECT value FROM json_each(%s))", [*params, wanted]  # noqa: S608 - the key is Django's.

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        key, params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{key} = ANY(%s::{kind}[])", [*params, list(self.rhs)]

    def _stored(self, key: Any, connection: Any) -> Any:
        return self.lhs.output_field.get_db_prep_value(key, connection)


@models.Field.register_lookup
class Within(In):
    """`column__within=queryset`: as `in`, where a good part of the rows is expected.

    SQLite would look each value up in the column's index, and then sort what it found.
    So the index is hidden from it, and rows are asked as they come in the order wanted.
    """

    lookup_name = "within"

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        sql, params = self.as_sql(compiler, connection)
        return f"+{sql}", params


def _rarity(text: str) -> tuple[int, int]:
    at = COMMON.find(text[0])
    return (len(COMMON) if at < 0 else at) if len(text) > 1 else -1, len(text)


def _plain(word: str) -> str:
    """The word as `LIKE` takes it literally."""
    for sign in (ESCAPED, "%", "_"):
        word = word.replace(sign, f"{ESCAPED}{sign}")
    return word
