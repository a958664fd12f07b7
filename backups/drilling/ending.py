"""How a drill ends: signed, told to the log and to whoever is alarmed, and its copy judged by it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from audit.recording import record
from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from backups.drilling.judging import About, acquit, convict
from backups.drilling.reporting import report_of, sign
from backups.models import Drill
from backups.owners import in_a_sentence, short_name
from backups.sentences import sentence
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog

TABLE = "backups_drill"
FAILED = gettext_noop("The drill of %(whose)s failed at the step %(step)s: its report says what it found.")
NOT_CARRIED_OUT = gettext_noop(
    "The drill of %(whose)s couldn't be carried out, which says nothing of its copy. %(why)s"
)


def end(drill: Drill, *, failed: str = "", error: str = "", about: About = About.MACHINE) -> None:
    """`failed`: the step, and `about` what it speaks of; with an error alone it was stopped. Raises LeaseLost."""
    result = "failed" if failed else "stopped" if error else "passed"
    with bound_to(CATALOG), transaction.atomic():
        drill.refresh_from_db(fields=["stop_requested_at", "error"])
        drill.failed_step, drill.finished_at = failed, time_of_catalog()
        report = report_of(drill, result)
        text, signature = sign(report)
        drill.end(
            Drill.State.DONE if result == "passed" else Drill.State.FAILED,
            failed_step=failed,
            error=_words(drill, result, error),
            report=report,
            signed_text=text,
            signature=signature,
        )
        if result == "passed":
            acquit(drill)
        elif result == "failed":
            convict(drill, about, error)
        _tell(drill, result, error)


def _words(drill: Drill, result: str, error: str) -> str:
    """Who stopped it stands there already."""
    return drill.error or error if result == "stopped" else error


def _tell(drill: Drill, result: str, error: str) -> None:
    whose = short_name(drill.tenant)
    if result == "passed":
        record("backups.drilled", subject=TABLE, object_id=drill.pk, tenant=whose)
        end_alarm(AlarmKind.DRILL, drill.tenant)
    elif result == "failed":
        step = drill.failed_step
        record("backups.drilled", "failed", subject=TABLE, object_id=drill.pk, tenant=whose, step=step)
        name = in_a_sentence(drill.tenant)
        says = sentence(FAILED, whose=name, step=step)
        if step == "worker":
            says = sentence(NOT_CARRIED_OUT, whose=name, why=error)
        raise_alarm(AlarmKind.DRILL, drill.tenant, says)


def put_back(drill: Drill, error: str, at: datetime, *, counts: bool = True) -> None:
    """Until then. `counts`: whether it was a try; waiting for one's turn isn't. Raises LeaseLost."""
    with bound_to(CATALOG):
        if not counts:
            drill.write(attempt=drill.attempt - 1)
        drill.try_again(error, at)
