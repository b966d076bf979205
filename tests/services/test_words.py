"""The sentences of jobs: no gap is left open, and nobody is named for another."""

import pytest

from failover.services import words


@pytest.mark.parametrize("strategy", ["eni", "eip", "private-ip", "route"])
def test_a_job_that_ended_at_a_stopped_instance_names_it(strategy: str) -> None:
    said = words.job(
        state="succeeded",
        waiting_for="",
        why="target_not_running",
        args={},
        to="i-standby",
        source="i-primary",
        strategy=strategy,
    )

    assert "i-standby is not running" in said
    assert "unknown" not in said


def test_a_job_that_left_a_stopped_instance_names_that_one() -> None:
    said = words.job(
        state="reversed",
        waiting_for="",
        why="target_not_running",
        args={"target": "i-standby"},
        to="i-standby",
        source="i-primary",
    )

    assert said.startswith("The network interface is back at i-primary.")
    assert "i-standby is not running" in said


def test_a_job_that_turned_back_does_not_say_that_nothing_was_sent() -> None:
    said = words.reason("no_longer_possible", {"reason": "target_state"}, "eip")

    assert "before anything was moved" in said


def test_a_parked_move_that_nobody_refused_quotes_no_refusal() -> None:
    refused = {"instance": "i-standby", "code": "Nope", "message": "No."}

    assert "(last: i-standby, Nope: No.)" in words.reason(
        "both_ends_impossible", refused, "eip"
    )
    assert words.reason("both_ends_impossible", {}, "eip").startswith(
        "Neither instance can take the Elastic IP as it is."
    )
