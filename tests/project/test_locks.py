"""pyproject.toml and the hashed locks say the same."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.files import ROOT


def drift_of(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "make/locks.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("make", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_locks_are_in_step_with_the_project_file() -> None:
    assert drift_of(ROOT).stderr == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (
            "pyproject.toml",
            '"django>=5.2,<5.3"',
            '"django>=6,<7"',
            "base.lock pins 5.2",
        ),
        (
            "pyproject.toml",
            '    "structlog>=25",\n',
            "",
            "base.lock holds structlog, which pyproject.toml no longer asks for",
        ),
        (
            "pyproject.toml",
            '"structlog>=25"',
            '"structlog>=25", "left-pad"',
            "base.lock pins nothing for left-pad",
        ),
        (
            "requirements/dev.lock",
            "\ndjango==5.2.",
            "\ndjango==5.2.9",
            "dev.lock does not pin django as base.lock does",
        ),
    ],
)
def test_a_lock_out_of_step_is_named(
    copy: Path, file: str, old: str, new: str, complaint: str
) -> None:
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))

    drift = drift_of(copy)

    assert drift.returncode == 1
    assert complaint in drift.stderr


def test_a_pin_without_its_hash_is_named(copy: Path) -> None:
    lock = copy / "requirements" / "base.lock"
    kept = [line for line in lock.read_text().splitlines() if "--hash" not in line]
    lock.write_text("\n".join(kept))

    assert "base.lock has no hash for django\n" in drift_of(copy).stderr


def test_no_lock_names_an_index() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in lock.read_text()


def test_the_lock_of_uv_pins_uv_alone_with_hashes() -> None:
    lines = (ROOT / "requirements" / "uv-bootstrap.lock").read_text().splitlines()

    assert [line.split("==")[0] for line in lines if "==" in line] == ["uv"]
    assert any(line.strip().startswith("--hash=sha256:") for line in lines)
