"""How a command that was not carried out ends: in one sentence, and with an exit code that a cron job can trust."""

import django.db
import psycopg
from django.core.management.base import CommandError

from tenants.exceptions import ConnectionsBusy, TenancyError
from tenants.places import ProvisionerMissing

REFUSED, NOT_CARRIED_OUT = 1, 2  # argparse, too, ends with 2 for words that it doesn't know
DATABASE = (django.db.Error, psycopg.Error)


def ending_of(error: BaseException) -> tuple[str, int] | None:
    """The sentence and the exit code; None for what nobody foresaw. What is away never counts as a finding."""
    if isinstance(error, CommandError):
        return str(error), error.returncode
    if isinstance(error, ConnectionsBusy):
        return str(error), NOT_CARRIED_OUT
    if isinstance(error, (TenancyError, ProvisionerMissing)):
        return str(error), getattr(error, "exit_code", REFUSED)
    if isinstance(error, DATABASE):
        return f"PostgreSQL is away, or refuses: {_first_line(error)}.", NOT_CARRIED_OUT
    if isinstance(error, _broker_away()):
        return "The broker is away. What is done stays done: give the command again.", NOT_CARRIED_OUT
    return None


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0].rstrip(". ")


def _broker_away() -> tuple[type[Exception], ...]:
    from tenants.celery import BROKER_AWAY  # noqa: PLC0415 - a command that was refused before needs no Celery

    return BROKER_AWAY
