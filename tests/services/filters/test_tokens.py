"""What is typed is taken apart as it was meant, and written back as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.services.filters import tokens
from failover.services.filters.tokens import Operator, Token


@pytest.mark.parametrize(
    ("text", "name", "key", "operator", "value"),
    [
        ("status=in-use", "status", "", "=", "in-use"),
        ("name:web", "name", "", ":", "web"),
        ("name!:web", "name", "", "!:", "web"),
        ("status!=in-use", "status", "", "!=", "in-use"),
        ("id^eni-0a", "id", "", "^", "eni-0a"),
        ("device_index>=1", "device_index", "", ">=", "1"),
        ("requested_at<=2026-11-29", "requested_at", "", "<=", "2026-11-29"),
        ('name="web server"', "name", "", "=", "web server"),
        ("tag:Env=prod", "tag", "Env", "=", "prod"),
        ("tag:Env:pro", "tag", "Env", ":", "pro"),
        ("tag:failover:pair=web", "tag", "failover:pair", "=", "web"),
        ("tag:Env!=(not tagged)", "tag", "Env", "!=", "(not tagged)"),
        ('tag:"a=b"=c', "tag", "a=b", "=", "c"),
        ("description=a=b", "description", "", "=", "a=b"),
    ],
)
def test_a_filter_is_property_operator_value(
    text: str, name: str, key: str, operator: str, value: str
) -> None:
    assert tokens.parse(text) == Token(
        name=name, key=key, operator=Operator(operator), value=value
    )


@pytest.mark.parametrize(
    "text", ["", "web", "10.0.0.1", "=x", "tag:", "tag:Env", "é=x"]
)
def test_what_has_no_property_and_operator_is_no_filter(text: str) -> None:
    assert tokens.parse(text) is None


def test_words_in_quotes_stay_together() -> None:
    words = [tokens.unquote(w) for w in tokens.split('web "two words" name="a b" "')]

    assert words == ["web", "two words", "name=a b", '"']


@given(
    key=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
        lambda key: key == key.strip() and key != ""
    ),
    operator=st.sampled_from(Operator),
    value=st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(str.strip),
)
def test_a_tag_of_any_spelling_survives_being_written_and_read(
    key: str, operator: Operator, value: str
) -> None:
    token = Token(name="tag", key=key, operator=operator, value=value)

    assert tokens.parse(token.typed) == token
    assert [tokens.parse(w) for w in tokens.split(token.typed)] == [token]
