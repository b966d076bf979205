"""What must not be in the repository."""

import re
import subprocess

from tests.project.files import ROOT, tracked

# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = re.compile(
    "|".join(
        [
            "/wo" + "rk/",
            "/ro" + "ot/",
            r"/ho" + r"me/[a-z]+/",
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npmjs",
            "deb" + r"\.debian\.org",
            "-----BEGIN [A-Z ]*PRIVATE" + " KEY",
            # AWS's own documentation ends its example of a key in EXAMPLE.
            "AK" + r"IA[0-9A-Z]{9}(?!EXAMPLE)[0-9A-Z]{7}",
        ]
    )
)


def test_no_file_names_a_machine_an_index_or_a_key() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked()
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="ignore").splitlines(), start=1
        )
        if FORBIDDEN.search(line)
    ]

    assert found == []


def test_only_the_hashed_locks_are_locks() -> None:
    names = {path.name for path in tracked()}

    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock", ".env"}
    assert {"base.lock", "dev.lock", "uv-bootstrap.lock"} <= names


def test_what_make_writes_is_ignored() -> None:
    paths = [
        ".venv",
        ".venv/x",
        ".tools/x",
        "var/x",
        "staticfiles/x",
        ".env",
        "uv.lock",
    ]
    done = subprocess.run(
        ["git", "check-ignore", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.splitlines() == paths


def test_nothing_is_a_link_to_somewhere_on_one_machine() -> None:
    done = subprocess.run(
        ["git", "ls-files", "--stage"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert not [line for line in done.stdout.splitlines() if line.startswith("120000")]
