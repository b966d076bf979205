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
