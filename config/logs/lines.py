"""How a line looks: a JSON object in production, and for people's eyes while developing."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.logs.places import traceback_of
from config.logs.speaking import described, is_ours, sentence

FACTS = ("tenant", "user", "request", "task")
KNOWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "facts"}


class Lines(logging.StreamHandler[Any]):
    """Standard output is the log; but that of a command is its answer, so there it is standard error."""

    def __init__(self) -> None:
        super().__init__(sys.stderr if Path(sys.argv[0]).name == "manage.py" else sys.stdout)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Python's own would print the record, values and all."""
        del record


class _Line(logging.Formatter):
    """`candid` says everything, exceptions' texts too: for debugging, which production refuses."""

    def __init__(self, *, candid: bool = False) -> None:
        super().__init__()
        self.candid = candid

    def message(self, record: logging.LogRecord) -> str:
        return record.getMessage() if self.candid else sentence(record)

    def traceback(self, record: logging.LogRecord) -> list[str]:
        if not record.exc_info or record.exc_info[1] is None:
            return []
        _, error, traceback = record.exc_info
        return traceback_of(error, _in_full if self.candid else described, traceback)


class JsonLine(_Line):
    """Plain ASCII: no value can end a line, begin another or colour a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": self.message(record),
            **facts_of(record),
        }
        traceback = self.traceback(record)
        if traceback:
            line |= {"exception": traceback[-1], "traceback": "\n".join(traceback)}
        return json.dumps(line, default=str)


class ReadableLine(_Line):
    """`time LEVEL logger [fact=…] message`; only lines of a traceback begin with a space."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in facts_of(record).items() if value is not None)
        bracket = f"[{facts}] " if facts else ""
        head = f"{_time(record)} {record.levelname} {record.name} {bracket}{self.message(record)}"
        below = [f"    {line}" for line in self.traceback(record)]
        return "\n".join(_printable(line) for line in [head, *below])


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """The four that every line has, and what a line of ours was given as `extra`."""
    given = {name: value for name, value in vars(record).items() if name not in KNOWN}
    about = dict.fromkeys(FACTS) | getattr(record, "facts", {})
    return about | (given if is_ours(record.name) else {})


def _in_full(error: BaseException) -> str:
    return f"{type(error).__qualname__}: {error}"


def _time(record: logging.LogRecord) -> str:
    """RFC 3339, in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
