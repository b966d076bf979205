"""`python -m tests.chaos`: run the chaos tests and print what was seen as a table."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.ride import TABLE


def main() -> int:
    """Run the tests; their exit code."""
    with tempfile.TemporaryDirectory(prefix="sb-chaos-") as folder:
        path = Path(folder) / "table.jsonl"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/chaos", *sys.argv[1:]],
            env={**os.environ, TABLE: str(path)},
            check=False,
        )
        rows = path.read_text().splitlines() if path.exists() else []
        print("| fault | database | expected | seen | outage (s) | calls |")
        print("|---|---|---|---|---|---|")
        for row in map(json.loads, rows):
            print(
                f"| {row['fault']} | {row['database']} | {row['expected']} "
                f"| {row['state']} | {row['outage_s']:.2f} | {row['calls']} |"
            )
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
