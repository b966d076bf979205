"""Measures the product against ec2sim; prints lines, the last of them JSON.

`python -m tests.bench [N]` swaps one pair N times; with `--pairs` it swaps so many at
once, against EC2's token buckets; with `--inventory` it reads a region of so many
interfaces twice; with `--tables` it asks for pages of a table of so many rows, on both
databases.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping

import django

from tests.bench import burst, inventory, single


def _measure_tables(rows: int) -> Mapping[str, object]:
    """In this process, so Django's settings come first, and the tests' environment."""
    from tests import environment  # noqa: F401, PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "controlpanel.settings"
    django.setup()
    from tests.bench import tables  # noqa: PLC0415

    return tables.run(rows=rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench")
    parser.add_argument("rounds", nargs="?", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=0, help="swapped at once")
    parser.add_argument(
        "--tables", type=int, default=0, help="rows of a table to ask pages of"
    )
    parser.add_argument("--singles", type=int, default=50, help="to compare with")
    parser.add_argument("--throttle", choices=("api", "shared"), default="api")
    parser.add_argument("--kill", action="store_true", help="the driver, half-way")
    parser.add_argument("--inventory", type=int, default=0, help="interfaces read")
    parser.add_argument(
        "--database", choices=("sqlite", "postgresql"), default="sqlite"
    )
    asked = parser.parse_args()
    figures: Mapping[str, object]
    if asked.tables:
        figures = _measure_tables(asked.tables)
    elif asked.inventory:
        figures = inventory.run(interfaces=asked.inventory, database=asked.database)
    elif asked.pairs:
        figures = burst.run(
            pairs=asked.pairs,
            singles=asked.singles,
            throttle=asked.throttle,
            is_killed=asked.kill,
        )
    else:
        figures = single.run(rounds=asked.rounds)
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
