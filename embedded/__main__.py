"""The command line: run, exec, manage."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Sequence

from embedded.attaching import manage
from embedded.executing import execute
from embedded.output import complain
from embedded.place import Place
from embedded.refusals import Interrupted, Refusal
from embedded.running import Wishes, run


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="./run")
    commands = top.add_subparsers(dest="name", required=True)
    running = commands.add_parser("run", prog="./run", help="start everything")
    running.add_argument("--port", type=port_number, help="the web port (default: 8000 or the next free one)")
    running.add_argument("--fresh", action="store_true", help="remove all data first")
    running.add_argument("--no-demo", dest="demo", action="store_false", help="without demo tenants")
    running.add_argument("--yes", action="store_true", help="--fresh without asking")
    executing = commands.add_parser("exec", help="run a command beside servers of its own")
    executing.add_argument("--var", required=True, help="the folder the servers live in")
    executing.add_argument(
        "--tests", action="store_true", help="fast and forgetful, with the superuser's URL"
    )
    executing.add_argument("--keep", action="store_true", help="keep the folder, before and after")
    executing.add_argument("command", nargs=argparse.REMAINDER)
    managing = commands.add_parser("manage", help="Django's commands beside a running ./run")
    managing.add_argument("command", nargs=argparse.REMAINDER)
    return top


def port_number(text: str) -> int:
    """0 asks for any that is free."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError
    return number


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    if options.name == "run":
        return run(Place.at(), Wishes(options.port, options.fresh, options.demo, options.yes))
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if options.name == "manage":
        manage(Place.at(), command)
    return execute(Place.at(options.var), command, tests=options.tests, keep=options.keep)


def guarded(arguments: Sequence[str]) -> int:
    """One clear sentence instead of a traceback, for everything that isn't a mistake of ours."""
    try:
        return main(arguments)
    except Refusal as refusal:
        complain(str(refusal))
    except Interrupted:
        complain("stopped.")
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT}:
            raise
        complain(f"{error.strerror}: {error.filename or 'no space to write'}.")
    return 1


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))
