"""Accounts, roles and sessions: who may be whom, and for how long."""

from typing import Any

import pytest

from tests.ec2sim.conftest import Sim

ROLE = "arn:aws:iam::210987654321:role/swapboard"


def assume(sim: Sim, **more: Any) -> Any:
    """The keys of a session."""
    asked = {"RoleArn": ROLE, "RoleSessionName": "job-1", **more}
    return sim.client("sts").assume_role(**asked)["Credentials"]


def session(sim: Sim, keys: Any, service: str = "ec2") -> Any:
    """A client that calls by the keys of a session."""
    return sim.client(
        service,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def test_any_key_is_the_default_account(sim: Sim) -> None:
    anybody = sim.client("sts", aws_access_key_id="nobody-knows-this-key")

    assert anybody.get_caller_identity()["Account"] == "123456789012"


def test_a_role_leads_to_its_account(sim: Sim) -> None:
    who = session(sim, assume(sim), "sts").get_caller_identity()

    assert who["Account"] == "210987654321"
    assert who["Arn"] == "arn:aws:sts::210987654321:assumed-role/swapboard/job-1"


def test_a_role_may_insist_on_its_external_id(sim: Sim) -> None:
    sim.control("roles", {"role_arn": ROLE, "external_id": "secret-1"})
    assume_role = sim.client("sts").assume_role
    asked = {"RoleArn": ROLE, "RoleSessionName": "job-1"}

    without = sim.refusal(assume_role, **asked)
    wrong = sim.refusal(assume_role, **asked, ExternalId="secret-2")

    assert without[0] == wrong[0] == "AccessDenied"
    assert without[1] == (
        "User: arn:aws:iam::123456789012:user/ec2sim is not authorized to perform: "
        f"sts:AssumeRole on resource: {ROLE}"
    )
    assert assume(sim, ExternalId="secret-1")["AccessKeyId"].startswith("ASIA")
    assert assume(sim, RoleArn=f"{ROLE}-2")["AccessKeyId"]
    assert sim.control("roles") == {"roles": {ROLE: "secret-1"}}
    assert sim.control("roles", {"role_arn": ROLE, "external_id": None})["roles"] == {}
    assert assume(sim)["AccessKeyId"]


def test_a_session_ends_when_its_time_is_over(sim: Sim) -> None:
    keys = assume(sim, DurationSeconds=900)
    ours = session(sim, keys)
    assert ours.describe_addresses()

    sim.advance(899)
    assert ours.describe_addresses()
    sim.advance(1)

    assert sim.refusal(ours.describe_addresses) == (
        "RequestExpired",
        "Request has expired.",
    )
    asked = session(sim, keys, "sts").get_caller_identity
    assert sim.refusal(asked)[0] == "ExpiredToken"


def test_a_session_can_be_ended_by_hand(sim: Sim) -> None:
    mine, other = assume(sim), assume(sim, RoleSessionName="job-2")
    ours, theirs = session(sim, mine), session(sim, other)

    said = sim.control("sessions", {"session": "job-1"})

    assert said == {"expired": [mine["AccessKeyId"]]}
    assert sim.refusal(ours.describe_addresses)[0] == "RequestExpired"
    assert theirs.describe_addresses()
    by_key = sim.control("sessions", {"access_key_id": other["AccessKeyId"]})
    assert by_key == {"expired": [other["AccessKeyId"]]}
    assert sim.control("sessions", {}) == {"expired": []}
    assert session(sim, assume(sim)).describe_addresses()


def test_every_session_is_shown(sim: Sim) -> None:
    keys = assume(sim)

    (shown,) = sim.control("sessions")["sessions"]

    assert shown["access_key_id"] == keys["AccessKeyId"]
    assert (shown["account"], shown["session"]) == ("210987654321", "job-1")
    assert shown["ends_at"] == pytest.approx(keys["Expiration"].timestamp(), abs=0.01)


@pytest.mark.parametrize(
    "wrong",
    [
        {"RoleArn": "arn:aws:iam::1:role/x"},
        {"RoleArn": "role"},
        {"RoleSessionName": "x"},
        {"RoleSessionName": "a b"},
        {"RoleSessionName": "x" * 65},
        {"ExternalId": "x"},
        {"ExternalId": "a b"},
        {"DurationSeconds": 899},
        {"DurationSeconds": 43_201},
    ],
)
def test_what_sts_does_not_take_is_a_validation_error(
    sim: Sim, wrong: dict[str, Any]
) -> None:
    asked = {"RoleArn": ROLE, "RoleSessionName": "job-1", **wrong}

    assert sim.refusal(sim.client("sts").assume_role, **asked)[0] == "ValidationError"


@pytest.mark.parametrize(
    "wrong",
    [
        {"role_arn": "role"},
        {"role_arn": 7},
        {"external_id": "x"},
        {"role_arn": ROLE, "external_id": 7},
        {"role_arn": ROLE, "colour": "red"},
    ],
)
def test_a_wrong_role_is_refused_by_name(sim: Sim, wrong: dict[str, Any]) -> None:
    said = sim.refused_control("roles", wrong)
    assert said.split(":")[0] in {"role_arn", "external_id", "colour"}


def test_what_sts_does_not_do_is_no_action(sim: Sim) -> None:
    asked = sim.client("sts").get_session_token

    assert sim.refusal(asked)[0] == "InvalidAction"
