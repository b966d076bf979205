"""What is installed with the package: the client, and nothing that it does not need."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.project.files import ROOT

UV = ROOT / ".tools" / "uv" / "bin" / "uv"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Build the wheel without a network, from a copy."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "swapctl", tmp_path / "swapctl")
    subprocess.run(
        [UV, "build", "--quiet", "--offline", "--wheel", "--out-dir", "dist"],
        cwd=tmp_path,
        check=True,
    )
    return next((tmp_path / "dist").glob("*.whl"))


def test_the_wheel_is_the_client_and_needs_nothing(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as built:
        names = built.namelist()
        folder = next(n.split("/")[0] for n in names if ".dist-info" in n)
        scripts = built.read(f"{folder}/entry_points.txt").decode()
        told = built.read(f"{folder}/METADATA").decode().splitlines()

    assert {n.split("/")[0] for n in names} == {"swapctl", folder}
    assert "swapctl = swapctl.__main__:main" in scripts.replace("=", " = ").replace(
        "  ", " "
    )
    needed = [x for x in told if x.startswith("Requires-Dist")]
    assert needed
    assert all("extra == 'server'" in x.replace('"', "'") for x in needed)


def test_the_environment_has_the_client() -> None:
    swapctl = Path(sys.executable).with_name("swapctl")
    done = subprocess.run(
        [swapctl, "--help"], capture_output=True, text=True, check=True
    )

    assert "swap" in done.stdout
