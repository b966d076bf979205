"""A machine whose clock jumps in the middle of a swap."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.conftest import ATTACH_S, DETACH_S, shaken
from tests.chaos.ride import ride
from tests.journeys.house import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
MOVE_S = DETACH_S + ATTACH_S
PLACES = ("/usr/lib", "/usr/lib64", "/usr/local/lib")


def find_faketime() -> str:
    """The library that lets a process see another time; REQUIRE_FAKETIME insists."""
    for place in PLACES:
        for found in Path(place).glob("**/faketime/libfaketimeMT.so.1"):
            return str(found)
    message = "No libfaketime: install it, as in apt install faketime."
    if os.environ.get("REQUIRE_FAKETIME") == "1":
        pytest.fail(message)
    pytest.skip(message)


class Jumping:
    """A house whose processes read their wall clock through a file of offsets."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "offset"
        self.jump("+0")

    def jump(self, offset: str) -> None:
        """Set the clock; a whole write at once, so that nobody reads half of it."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(offset)
        shutil.move(fresh, self.file)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": find_faketime(),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            # A step of the wall clock, as of ntpdate: monotonic time runs on.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def jumping(tmp_path: Path) -> Iterator[tuple[Jumping, House]]:
    clock = Jumping(tmp_path)
    with shaken(**clock.settings) as home:
        yield clock, home


@pytest.mark.parametrize("step", ["-30s", "+30s"])
def test_a_step_of_the_clock_moves_no_lease_and_no_swap(
    jumping: tuple[Jumping, House], step: str
) -> None:
    clock, home = jumping

    ride(
        home,
        fault=f"clock steps by {step}",
        restored_within_s=MOVE_S + 2,
        while_detaching=lambda _home: clock.jump(step),
    )


def test_a_clock_an_hour_off_stops_calls_until_it_is_right_again(
    jumping: tuple[Jumping, House],
) -> None:
    """A signature an hour off is refused by AWS, and our stamps would be worthless."""
    clock, home = jumping

    def step(_home: House) -> None:
        clock.jump("+3600s")

    def mend(_home: House) -> None:
        clock.jump("+0")

    ride(
        home,
        fault="clock an hour off, then right again",
        restored_within_s=MOVE_S + 12,
        while_detaching=step,
        while_free=mend,
    )
