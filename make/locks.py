"""Hold the hashed locks against pyproject.toml, without a network.

Run as a script it prints what is out of step and exits 1.
"""

import re
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")
DIRECT = re.compile(r"^    #\s+(via )?swapboard \(pyproject\.toml(:\w+)?\)$")


@dataclass(slots=True, kw_only=True)
class Lock:
    """One lock, read: what is pinned, what was asked for directly, what has no hash."""

    versions: dict[str, set[str]] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    unhashed: set[str] = field(default_factory=set)


def read_lock(name: str) -> Lock:
    lock = Lock()
    package = ""
    for line in (LOCKS / f"{name}.lock").read_text().splitlines():
        if pin := PIN.match(line):
            package = canonicalize_name(pin["name"])
            # A universal lock may pin two versions under different markers.
            lock.versions.setdefault(package, set()).add(pin["version"])
            lock.unhashed.add(package)
        elif line.startswith("    --hash=sha256:"):
            lock.unhashed.discard(package)
        elif DIRECT.match(line):
            lock.direct.add(package)
    return lock


def requirements(project: dict[str, Any], group: str | None) -> list[Requirement]:
    """Return what pyproject.toml asks for, the group's own included groups too."""
    if group is None:
        asked = project["project"]
        lines = asked["dependencies"] + asked["optional-dependencies"]["server"]
        return [Requirement(line) for line in lines]
    wanted: list[Requirement] = []
    for entry in project["dependency-groups"][group]:
        if isinstance(entry, str):
            wanted.append(Requirement(entry))
        else:
            wanted += requirements(project, entry["include-group"])
    return wanted


def find_drift() -> list[str]:
    """Return one sentence for each place where a lock and its source disagree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    base, dev = read_lock("base"), read_lock("dev")
    asked = requirements(project, None)
    drift: list[str] = []
    for name, lock, wanted in (
        ("base", base, asked),
        ("dev", dev, asked + requirements(project, "dev")),
    ):
        for requirement in wanted:
            pinned = lock.versions.get(canonicalize_name(requirement.name), set())
            if not any(Version(v) in requirement.specifier for v in pinned):
                found = ", ".join(sorted(pinned)) or "nothing"
                drift.append(f"{name}.lock pins {found} for {requirement}")
        names = {canonicalize_name(requirement.name) for requirement in wanted}
        drift += [
            f"{name}.lock holds {package}, which pyproject.toml no longer asks for"
            for package in sorted(lock.direct - names)
        ]
        drift += [
            f"{name}.lock has no hash for {package}"
            for package in sorted(lock.unhashed)
        ]
    drift += [
        f"dev.lock does not pin {package} as base.lock does"
        for package, versions in sorted(base.versions.items())
        if dev.versions.get(package) != versions
    ]
    return drift


if __name__ == "__main__":
    findings = find_drift()
    for finding in findings:
        sys.stderr.write(f"{finding}\n")
    if findings:
        sys.stderr.write("Run: make fix\n")
    sys.exit(bool(findings))
