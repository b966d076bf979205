"""Mend what a tool can mend: formatting, simple lint, template tags, the locks.

With --upgrade every pin moves to the newest release that pyproject.toml allows.
"""

import subprocess
import sys

import check
import locks

UV = check.ROOT / ".tools" / "uv" / "bin" / "uv"
COMPILE = [
    *("--generate-hashes", "--universal", "--no-emit-index-url", "--quiet"),
    *("--python-version", "3.11", "--custom-compile-command", "make fix"),
]


def run(*command: str, may_fail: bool = False) -> None:
    subprocess.run(command, cwd=check.ROOT, check=not may_fail)


def write_locks(upgrade: list[str]) -> None:
    # The locks may be in step while uv itself was never brought along.
    run("sh", "make/environment.sh", "uv")
    base, dev = "requirements/base.lock", "requirements/dev.lock"
    asked = ["pyproject.toml", "--extra", "server"]
    pip_compile = [str(UV), "pip", "compile", *asked, *COMPILE, *upgrade]
    run(*pip_compile, "-o", base)
    # What both hold is pinned alike, so that the dev lock serves for the base too.
    run(*pip_compile, "--group", "dev", "--constraint", base, "-o", dev)


def main(upgrade: list[str]) -> int:
    run(str(check.BIN / "ruff"), "check", "--fix", "--quiet", ".", may_fail=True)
    run(str(check.BIN / "ruff"), "format", "--quiet", ".")
    if pages := check.templates():
        djade = [str(check.BIN / "djade"), "--target-version", "5.2"]
        # It exits 1 when it changed a file, which is what it is here for.
        run(*djade, *pages, may_fail=True)
    if upgrade or locks.find_drift():
        write_locks(upgrade)
    return bool(locks.find_drift())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
