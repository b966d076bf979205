#!/usr/bin/env python
"""The command line; `manage.py help` lists the commands."""

import os
import sys

import django
from django.core import management
from django.core.exceptions import ImproperlyConfigured

# EX_CONFIG of sysexits.h.
EXIT_BAD_SETTING = 78
# EX_USAGE, for every misuse of the command line; Django itself says 1.
EXIT_USAGE = 64


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlpanel.settings")
    try:
        # Read first, so that a bad variable is one line and not a traceback.
        import controlpanel.settings  # noqa: F401, PLC0415
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_BAD_SETTING)
    name = next(iter(sys.argv[1:]), "help")
    if not (name.startswith("-") or name in {"help", "version"} | commands()):
        sys.stderr.write(f"Unknown command: {name}. `manage.py help` lists them.\n")
        sys.exit(EXIT_USAGE)
    management.execute_from_command_line(sys.argv)


def commands() -> set[str]:
    # Django lists an application's commands only once it is set up.
    django.setup()
    return set(management.get_commands())


if __name__ == "__main__":
    main()
