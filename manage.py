#!/usr/bin/env python
"""Django's command line. `--tenant SLUG` or `--catalog` anywhere in it binds the command."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from tenants.commands import execute  # noqa: PLC0415 - after the settings are named

    execute(sys.argv)


if __name__ == "__main__":
    main()
