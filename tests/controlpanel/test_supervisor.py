"""The supervisor, with real processes: nothing stays dead, nothing stays behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from controlpanel.supervisor import ROOT

PATIENCE_S = 20.0

# Writes its process id, then lives until SIGTERM.
POLITE = "import os,time; open({path!r},'a').write(f'{{os.getpid()}}\\n'); {more}"
FOREVER = "time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
PARENT = (
    "import subprocess,sys; "
    "p = subprocess.Popen([sys.executable,'-c','import time; time.sleep(600)']); "
    "open({path!r},'a').write(f'{{p.pid}}\\n'); time.sleep(600)"
)


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


class Household:
    """Starts supervisors and remembers every process id that their parts wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.supervisors: list[subprocess.Popen[bytes]] = []

    def start(self, **scripts: str) -> subprocess.Popen[bytes]:
        arguments = [
            f"{name}={POLITE.format(path=str(self.folder / name), more=script)}"
            for name, script in scripts.items()
        ]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.controlpanel.household", *arguments],
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        self.supervisors.append(process)
        return process

    def pids(self, name: str) -> list[int]:
        path = self.folder / name
        text = path.read_text() if path.exists() else ""
        return [int(line) for line in text.splitlines(keepends=True) if "\n" in line]

    def all_pids(self) -> list[int]:
        return [pid for path in self.folder.iterdir() for pid in self.pids(path.name)]

    def is_empty(self) -> bool:
        return not any(is_alive(pid) for pid in self.all_pids())


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    made = Household(tmp_path)
    yield made
    for supervisor in made.supervisors:
        supervisor.kill()
        supervisor.communicate(timeout=10)
    for pid in made.all_pids():
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def test_a_part_that_dies_is_started_again(household: Household) -> None:
    household.start(web=FOREVER)
    wait_until(lambda: household.pids("web"))

    os.kill(household.pids("web")[0], signal.SIGKILL)

    wait_until(lambda: len(household.pids("web")) == 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_every_part_and_then_the_supervisor(
    household: Household, number: signal.Signals
) -> None:
    supervisor = household.start(web=FOREVER, last=FOREVER)
    wait_until(lambda: household.pids("web") and household.pids("last"))

    supervisor.send_signal(number)

    assert supervisor.wait(timeout=PATIENCE_S) == 0
    assert household.is_empty()


def test_a_part_that_will_not_end_is_killed_within_ten_seconds(
    household: Household,
) -> None:
    supervisor = household.start(worker=DEAF)
    wait_until(lambda: household.pids("worker"))
    time.sleep(0.3)
    began = time.monotonic()

    supervisor.terminate()

    supervisor.wait(timeout=PATIENCE_S)
    assert time.monotonic() - began < 10
    assert household.is_empty()


def test_a_killed_supervisor_takes_its_parts_along(household: Household) -> None:
    supervisor = household.start(web=FOREVER, worker=DEAF, last=FOREVER)
    wait_until(lambda: len(household.all_pids()) == 3)

    supervisor.kill()

    wait_until(household.is_empty)


def test_what_a_part_leaves_behind_ends_with_it(household: Household) -> None:
    path = str(household.folder / "grandchild")
    supervisor = household.start(web=PARENT.format(path=path))
    wait_until(lambda: household.pids("grandchild"))

    supervisor.terminate()

    supervisor.wait(timeout=PATIENCE_S)
    wait_until(household.is_empty)


def test_each_line_of_a_part_comes_out_with_its_name(household: Household) -> None:
    supervisor = household.start(
        web="print('one'); import sys; sys.stderr.write('two'); sys.stderr.flush();"
        + FOREVER
    )
    wait_until(lambda: household.pids("web"))
    time.sleep(0.5)
    supervisor.terminate()

    _, said = supervisor.communicate(timeout=PATIENCE_S)

    assert b"web        | one\n" in said
    assert b"web        | two\n" in said


def test_a_child_that_stands_still_is_ended_and_started_again(
    household: Household,
) -> None:
    household.start(still=FOREVER)
    wait_until(lambda: len(household.pids("still")) == 1)
    first = household.pids("still")[0]

    os.kill(first, signal.SIGSTOP)

    wait_until(lambda: len(household.pids("still")) == 2)
    assert not is_alive(first)


def test_a_child_that_stands_still_for_a_moment_lives_on(household: Household) -> None:
    household.start(still=FOREVER)
    wait_until(lambda: len(household.pids("still")) == 1)
    first = household.pids("still")[0]

    os.kill(first, signal.SIGSTOP)
    time.sleep(1)
    os.kill(first, signal.SIGCONT)
    time.sleep(5)

    assert household.pids("still") == [first]
    assert is_alive(first)
