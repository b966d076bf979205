"""A supervisor over small parts, run as a process of its own by the tests.

Usage: python -m tests.controlpanel.household NAME=SCRIPT…; each script is
Python source of a part.
"""

import sys

from controlpanel.supervisor import Part, Supervisor


def main() -> None:
    parts = []
    for argument in sys.argv[1:]:
        name, _, script = argument.partition("=")
        command = [sys.executable, "-c", script]
        parts.append(Part(name=name, command=command, is_last=name == "last"))
    Supervisor(parts).run()


if __name__ == "__main__":
    main()
