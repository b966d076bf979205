"""A machine whose clock jumps in the middle of a swap."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.conftest import ATTACH_S, DETACH_S, shaken
from tests.chaos.ride import ride
from tests.journeys.house import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
MOVE_S = DETACH_S + ATTACH_S
SOURCE = Path(__file__).with_name("wall_clock.c")


def find_compiler() -> str:
    """A C compiler, for the clock that can be stepped; REQUIRE_CC=1 insists."""
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        if name and (found := shutil.which(name)):
            return found
    message = "No C compiler: install one, as in apt install gcc libc6-dev."
    if os.environ.get("REQUIRE_CC") == "1":
        pytest.fail(message)
    pytest.skip(message)


class SteppedClock:
    """The wall clock of a house's processes; it can be stepped while they run."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "offset"
        library = folder / "wall_clock.so"
        compiled = [find_compiler(), "-shared", "-fPIC", "-o", str(library)]
        subprocess.run([*compiled, str(SOURCE)], check=True, timeout=60)
        self.settings = {
            "LD_PRELOAD": str(library),
            "WALL_CLOCK_OFFSET": str(self._file),
        }

    def step(self, offset_s: int) -> None:
        """Set the clock off by so much; at once, so that nobody reads half of it."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(offset_s))
        fresh.replace(self._file)


@pytest.fixture(scope="module")
def stepped(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[SteppedClock, House]]:
    clock = SteppedClock(tmp_path_factory.mktemp("clock"))
    with shaken(**clock.settings) as home:
        yield clock, home


@pytest.mark.parametrize("offset_s", [-30, 30])
def test_a_step_of_the_clock_moves_no_lease_and_no_swap(
    stepped: tuple[SteppedClock, House], offset_s: int
) -> None:
    clock, home = stepped

    ride(
        home,
        fault=f"clock steps by {offset_s:+d} s",
        restored_within_s=MOVE_S + 2,
        while_detaching=lambda _home: clock.step(offset_s),
    )


def test_a_clock_an_hour_off_stops_calls_until_it_is_right_again(
    stepped: tuple[SteppedClock, House],
) -> None:
    """A signature an hour off is refused by AWS, and our stamps would be worthless."""
    clock, home = stepped

    def step(_home: House) -> None:
        clock.step(3600)

    def mend(_home: House) -> None:
        clock.step(0)

    ride(
        home,
        fault="clock an hour off, then right again",
        restored_within_s=MOVE_S + 12,
        while_detaching=step,
        while_free=mend,
    )
