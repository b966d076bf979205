"""create_user and create_token: one line each, nothing else, and again."""

import pytest

from failover.models import ApiToken, AuditEntry, User
from failover.services.people import tokens
from tests.commands.conftest import Manage

PASSWORD = "a long pass phrase for anna"


def test_a_user_made_without_a_password_has_it_printed_alone(manage: Manage) -> None:
    said = manage("create_user", "anna", "--role", "operator")

    assert said.status == 0
    (password,) = said.stdout.splitlines()
    anna = User.objects.get(username="anna")
    assert anna.check_password(password)
    assert anna.role == "operator"


def test_a_given_password_is_taken_and_nothing_is_printed(manage: Manage) -> None:
    command = ("create_user", "anna", "--password-stdin", "--role")

    first = manage(*command, "viewer", stdin=f"{PASSWORD}\n")
    second = manage(*command, "admin", stdin=f"{PASSWORD}\n")

    assert (first.status, first.stdout) == (0, "")
    assert (second.status, second.stdout) == (0, "")
    anna = User.objects.get(username="anna")
    assert anna.role == "admin"
    assert anna.check_password(PASSWORD)
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_a_token_is_printed_alone_and_opens_the_door(manage: Manage) -> None:
    manage("create_user", "anna", "--role", "operator")

    said = manage("create_token", "anna", "--name", "ci", "--role", "viewer")

    assert said.status == 0
    (raw,) = said.stdout.splitlines()
    actor = tokens.authenticate(raw)
    assert actor is not None
    assert (actor.name, actor.role) == ("anna", "viewer")
    assert raw not in str(list(ApiToken.objects.values()))


@pytest.mark.parametrize(
    "arguments",
    [
        ("create_user", "anna"),
        ("create_user", "anna", "--role", "king"),
        ("create_token", "nobody"),
        ("create_token", "anna", "--days", "soon"),
        ("create_token",),
    ],
)
def test_misuse_and_unknown_names_exit_64_and_say_why_on_stderr(
    manage: Manage, arguments: tuple[str, ...]
) -> None:
    said = manage(*arguments)

    assert (said.status, said.stdout) == (64, "")
    assert said.stderr
