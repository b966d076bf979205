"""One house for the journeys of a file, and the article's world anew for each."""

from collections.abc import Iterator

import pytest

from tests.journeys import house
from tests.journeys.house import House

LEASE_S = 5.0


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """To start a house costs seven seconds of a processor, to tidy it half a one."""
    folder = tmp_path_factory.mktemp("house")
    with house.opened(folder, sim=(), LEASE_TTL_S=str(LEASE_S)) as home:
        yield home


def begin_anew(home: House) -> None:
    """Start what a test has ended, and make the world as it was at first."""
    if home.sim.process.poll() is not None:
        home.sim.start(port=int(home.sim.url.rpartition(":")[2]))
    if home.process.poll() is not None:
        home.start()
    home.sim.control("reset")
    home.sim.control("config", detach_s=0.6, attach_s=0.4)
    home.sim.control("seed", article=True)
    house.wait_for(
        lambda: home.http.delete("pairs/article").status_code in {204, 404},
        within_s=30,
        saying="the pair of the test before is gone, and its job over",
    )
    home.add_article()


@pytest.fixture
def home(standing: House) -> House:
    """The article's world, its region and pair, in a house that stands already."""
    begin_anew(standing)
    return standing
