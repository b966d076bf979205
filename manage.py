#!/usr/bin/env python
"""The command line; `manage.py help` lists the commands."""

import os
import sys

from django.core import management
from django.core.exceptions import ImproperlyConfigured

# EX_CONFIG of sysexits.h.
EXIT_BAD_SETTING = 78


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlpanel.settings")
    try:
        # Read first, so that a bad variable is one line and not a traceback.
        import controlpanel.settings  # noqa: F401, PLC0415
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_BAD_SETTING)
    management.execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
