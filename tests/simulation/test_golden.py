"""Recorded histories are decided today as they were decided then."""

import pytest

from tests.simulation import golden


@pytest.mark.parametrize("name", golden.NAMES)
def test_a_recorded_history_is_decided_again_in_the_same_way(name: str) -> None:
    for moment, said in golden.read(name):
        assert moment.decide() == said, f"at {moment.now}"


def test_no_recorded_history_is_left_out() -> None:
    written = {path.stem for path in golden.FOLDER.glob("*.jsonl")}

    assert written == set(golden.NAMES)


def test_each_history_ends_its_job_or_hands_it_to_a_human() -> None:
    for name in golden.NAMES:
        steps = {said["step"] for _, said in golden.read(name)}

        assert steps & {"Finish", "Park"}, name
