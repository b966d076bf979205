"""Run every check of the project, tell which failed, and exit 1 if any did.

Usage: check.py [NAME…] runs only the named checks.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
# What a check exits with that could not be made: EX_TEMPFAIL.
UNCHECKED = 75
# How tools reach the network here, beside where they and their caches are.
KEPT = ("PATH", "HOME", "OSV_URL", "HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE")


def templates() -> list[str]:
    """Return the tracked templates, which djade wants named one by one."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def checks() -> Iterator[tuple[str, list[str]]]:
    manage = [str(BIN / "python"), "manage.py"]
    yield "format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]
    yield "lint", [str(BIN / "ruff"), "check", "--quiet", "."]
    yield "types", [str(BIN / "mypy"), "--no-error-summary"]
    yield "imports", [str(BIN / "lint-imports")]
    if pages := templates():
        yield "templates", [str(BIN / "djlint"), "--lint", "--quiet", *pages]
        yield (
            "template tags",
            [str(BIN / "djade"), "--check", "--target-version", "5.2", *pages],
        )
    yield "migrations", [*manage, "makemigrations", "--check", "--dry-run"]
    yield "deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    yield "locks", [str(BIN / "python"), "make/locks.py"]
    yield "weaknesses", [str(BIN / "python"), "make/audit.py"]


def production(data_dir: str) -> dict[str, str]:
    """Return an environment as a deployment sets it, without a word of this shell's."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {
        "DATA_DIR": data_dir,
        "PUBLIC_URL": "https://swapboard.example.com",
        "SECRET_KEY": secrets.token_urlsafe(64),
    }


def run(name: str, command: list[str], environment: dict[str, str]) -> bool:
    started_at = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    if done.returncode == UNCHECKED:
        verdict = done.stdout.strip().rpartition("\n")[2]
    print(f"{name:14} {verdict} ({time.monotonic() - started_at:.1f} s)", flush=True)
    is_good = done.returncode in (0, UNCHECKED)
    if not is_good:
        print(done.stdout, flush=True)
    return is_good


def main(wanted: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="swapboard-check-") as data_dir:
        environment = production(data_dir)
        failed = [
            name
            for name, command in checks()
            if (not wanted or name in wanted) and not run(name, command, environment)
        ]
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
