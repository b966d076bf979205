"""The project's files, as the tests of this folder read them."""

import subprocess
from pathlib import Path
from typing import Any, cast

import yaml

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    """Return the files that git tracks or would, those that are there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()
    ]


def compose() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text()
    return cast(dict[str, Any], yaml.safe_load(text))


def dockerfile() -> list[str]:
    """Return the Dockerfile's instructions, one a line, without comments."""
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and line[0] != "#"]
