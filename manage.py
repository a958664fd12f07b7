#!/usr/bin/env python3
"""Django's command line, in the environment that ./run made.

`--tenant SLUG` or `--catalog` anywhere in it binds the command. Where no AMANA_… variable is set, it joins the
servers that ./run started in this checkout.
"""

import os
import sys
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().with_name(".venv")


def main() -> None:
    _use_our_python()
    _join_running_servers()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.logs.uncaught import catch_all  # noqa: PLC0415 - in our own Python
    from tenants.commands import execute  # noqa: PLC0415 - after the settings are named

    catch_all()
    execute(sys.argv)


def _use_our_python() -> None:
    python = ENVIRONMENT / "bin" / "python"
    if Path(sys.prefix) != ENVIRONMENT and python.exists():
        os.execv(python, [str(python), *sys.argv])  # noqa: S606 - no shell is what we want


def _join_running_servers() -> None:
    if any(name.startswith("AMANA_") and name != "AMANA_OPERATOR" for name in os.environ):
        return
    from embedded.attaching import environment  # noqa: PLC0415 - where servers are configured it isn't needed
    from embedded.place import Place  # noqa: PLC0415
    from embedded.refusals import Refusal  # noqa: PLC0415

    try:
        os.environ.update(environment(Place.at()))
    except Refusal as refusal:
        sys.exit(f"manage.py: {refusal}")


if __name__ == "__main__":
    main()
