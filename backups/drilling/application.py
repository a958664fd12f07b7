"""The application itself, put to work on the copy in a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.utils import timezone

from backups.drilling.work import Found, Work
from backups.exceptions import StepFailed

WITHIN = 300  # seconds
LOG = 2  # our own standard error: what it logs is the worker's log
# It needs what every process does, and of credentials only the way to `scratch`.
NOT_TOLD = (
    "AMANA_ALARM_SECRET",
    "AMANA_ALARM_WEBHOOK",
    "AMANA_BACKUP_URL",
    "AMANA_DRILL_KEY",
    "AMANA_HEALTH_TOKEN",
    "AMANA_IDENTITY_KEY",
    "AMANA_KEYSTORE_URL",
    "AMANA_MANIFEST_KEY",
    "AMANA_MASTER_KEY",
    "AMANA_PROVISIONER_URL",
    "AMANA_REPORT_KEY",
    "AMANA_SEALER_URL",
    "AMANA_SMTP_URL",
    "AMANA_STORE_KEEPER",
    "AMANA_STORE_READER",
    "AMANA_STORE_WRITER",
    "AMANA_SUPERUSER_URL",
    "AMANA_CLUSTER_JSON",
)


def let_it_answer(work: Work) -> Found:
    told = answers(work)
    work.answered_at = timezone.now()
    return Found(_words(told), told)


def _words(told: dict[str, Any]) -> str:
    begins = f"{told['models']} models read their rows"
    if "page" not in told:
        return f"{begins}. Nobody is an owner in it, so no page could be shown to one."
    return f"{begins}, an owner may do {told['rights']} things, and {told['page']} answers {told['status']}."


def answers(work: Work) -> dict[str, Any]:
    """What `backups.drilling.answering` says. Raises StepFailed, DrillStopped, LeaseLost."""
    tenant = work.drill.tenant
    whose = [str(tenant.pk), tenant.slug, tenant.name] if tenant else ["-", "operator", "Amana"]
    readable, writable = os.pipe()
    about = [str(writable), whose[0], str(work.drill.era), *whose[1:]]
    process = subprocess.Popen(
        [sys.executable, "-m", "backups.drilling.answering", *about],
        env=environment(),
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=LOG,
        pass_fds=[writable],
    )
    os.close(writable)
    with os.fdopen(readable, "rb") as answer, work.pulse.breaking_off(process.kill):
        code = _ended(process)
        said = answer.read()
    work.pulse.check()
    return _read(said, code)


def _ended(process: "subprocess.Popen[bytes]") -> int:
    try:
        return process.wait(timeout=WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise StepFailed(f"The application didn't answer within {WITHIN} seconds.") from None


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NOT_TOLD}


def _read(said: bytes, code: int) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError:
        told = {"trouble": f"exit code {code}"}
    if code or "trouble" in told:
        raise StepFailed(f"The application doesn't work on the copy: {told['trouble']}.", **told)
    return told
