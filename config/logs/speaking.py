"""What a line may say: what kind of thing happened, and where in the code. Never what somebody typed.

Our own sentences are printed as they are. Others' are taken apart: of their arguments numbers remain, and words where
the sentence is known to be harmless. Of an exception its type remains, and its text where that is ours.
Nothing is imported from Django here, since gunicorn's master process speaks through this, too.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from http.client import responses
from typing import Any

OURS = ("accounts", "audit", "business", "config", "console", "jobs", "keys", "tenants")
WITHHELD = "…"

# Sentences of gunicorn and Celery whose words are addresses, signals, queues and names of tasks.
HARMLESS = (
    "%s ready.",
    "Connected to %s",
    "Handling signal: %s",
    "Hang up: %s",
    "Hard time limit (%ss) exceeded for %s[%s]",
    "Listening at: %s",
    "Scheduler: Sending due task %s (%s)",
    "Shutting down: %s",
    "Soft time limit (%ss) exceeded for %s[%s]",
    "Starting gunicorn %s",
    "Using worker: %s",
    "Worker (pid:%s) was sent %s!",
    "beat: Connection error: %s. Trying again in %s seconds...",
    "beat: Shutting down...",
    "beat: Starting...",
    "consumer: Cannot connect to %s: %s.",
)
# What Celery's sentences about a task name, besides its arguments, its result and its exception.
HARMLESS_NAMES = ("description", "hostname", "id", "name", "runtime")

# Exceptions whose text is a sentence of ours, or of a server that can't be reached.
SPOKEN = frozenset(
    {
        "django.core.exceptions.ImproperlyConfigured",
        "django.core.management.base.CommandError",
        "keys.exceptions.KeysError",
        "redis.exceptions.ConnectionError",
        "tenants.exceptions.TenancyError",
        "tenants.places.ProvisionerMissing",
    }
)
# Where a sentence that was put together elsewhere may begin to repeat what somebody sent.
QUOTING = re.compile(r"[:=\"]|\B'")

RAISED_BY_OUR_FUNCTIONS = ("P0001", "AM001", "AM002")


def is_ours(logger: str) -> bool:
    return logger.partition(".")[0] in OURS


def sentence(record: logging.LogRecord) -> str:
    """The message of a record, as far as it may be said."""
    if record.name.startswith(("django.request", "django.security")):
        return _refusal(record)
    if record.name == "py.warnings":
        return _warning(record.getMessage())
    if isinstance(record.msg, BaseException):
        return described(record.msg)
    template = str(record.msg)
    trusted = is_ours(record.name) or template.startswith(HARMLESS)
    if not record.args:
        return template if trusted else QUOTING.split(template, maxsplit=1)[0]
    try:
        return str(template % _sayable(record.args, trusted=trusted))
    except (TypeError, ValueError, KeyError):
        return template


def _refusal(record: logging.LogRecord) -> str:
    """Django's own holds the raw path, host or referrer: the status says the same, and of CSRF the reason."""
    said = responses.get(getattr(record, "status_code", 500), "Refused")
    if record.name == "django.security.csrf" and isinstance(record.args, tuple) and record.args:
        return f"{said} ({str(record.args[0]).partition(' - ')[0]})"
    return said


def _warning(text: str) -> str:
    """Where it was and of which category; its text may hold values."""
    found = re.match(r"[^\n]*?:\d+: \w+", text)
    return found[0] if found else "Warning"


def _sayable(arguments: Any, *, trusted: bool) -> Any:
    if isinstance(arguments, Mapping):
        return {
            name: _word(value, trusted=trusted or name in HARMLESS_NAMES) for name, value in arguments.items()
        }
    return tuple(_word(value, trusted=trusted) for value in arguments)


def _word(value: Any, *, trusted: bool) -> Any:
    if isinstance(value, BaseException):
        return described(value)
    return value if trusted or value is None or isinstance(value, (bool, int, float)) else WITHHELD


def described(error: BaseException) -> str:
    """Its type, and what may be said besides."""
    said = _words(error)
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{name}: {said}" if said else name


def _words(error: BaseException) -> str:
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if "psycopg.Error" in kinds:
        return " ".join(_of_a_database(error, kinds))
    if isinstance(error, OSError):
        return str(error.strerror or "")
    return _first_line(error) if kinds & SPOKEN else ""


def _of_a_database(error: Any, kinds: set[str]) -> Iterator[str]:
    """PostgreSQL's text and its DETAIL hold values; the names of what was violated don't.

    Without a code it comes from the driver: an address that can't be reached, a connection that is gone.
    """
    if error.sqlstate:
        yield f"SQLSTATE {error.sqlstate}"
    elif {"psycopg.OperationalError", "psycopg.InterfaceError"} & kinds:
        yield _first_line(error)
    if error.sqlstate in RAISED_BY_OUR_FUNCTIONS:
        yield str(error.diag.message_primary)
    for what in ("table_name", "column_name", "constraint_name"):
        if name := getattr(error.diag, what):
            yield f"{what.partition('_')[0]} {name}"


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")
