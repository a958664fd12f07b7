"""The application itself, put to work on the copy in a process of its own."""

import json
import os
import secrets
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from backups.drilling.work import Found, Work
from backups.exceptions import StepFailed
from backups.sentences import sentence

NO_OWNER = gettext_noop(
    "%(models)s models read their rows. Nobody is an owner in it, so no page could be shown to one."
)
ANSWERS = gettext_noop(
    "%(models)s models read their rows, an owner may do %(rights)s things, and %(page)s answers %(status)s."
)
WITHIN = 300  # seconds
LOG = 2  # our own standard error: what it logs is the worker's log
# What it is told of the worker's environment; a secret that a later release adds isn't among it.
TOLD = (
    "AMANA_BACKUP_STORE",
    "AMANA_BACKUP_STORE_IS_REMOTE",
    "AMANA_DEBUG",
    "AMANA_DRILL_RECIPIENT",
    "AMANA_DRILL_URL",
    "AMANA_ENV",
    "AMANA_IDENTITY_PUBLIC_KEY",
    "AMANA_LOG_FORMAT",
    "AMANA_MAIL_FROM",
    "AMANA_ORIGIN",
    "AMANA_PG_BIN",
    "AMANA_RECOVERY_RECIPIENTS",
    "AMANA_VAR",
    "DJANGO_SETTINGS_MODULE",
    "HOME",
    "LANG",
    "LC_ALL",
    "PATH",
    "TMPDIR",
    "TZ",
)
# Without these nothing of ours starts: they lead nowhere.
NOWHERE = {
    "AMANA_BROKER_URL": "redis://127.0.0.1:1/0",
    "AMANA_CACHE_URL": "redis://127.0.0.1:1/0",
    "AMANA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
}
OF_ITS_OWN = ("AMANA_ROLE_SECRET", "AMANA_SECRET_KEY")


def let_it_answer(work: Work) -> Found:
    told = answers(work)
    work.answered = time.monotonic()
    return Found(_words(told), told)


def _words(told: dict[str, Any]) -> str:
    if "page" not in told:
        return sentence(NO_OWNER, models=told["models"])
    return sentence(ANSWERS, **{name: told[name] for name in ("models", "rights", "page", "status")})


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
        says = sentence(
            gettext_noop("The application didn't answer within %(seconds)s seconds."), seconds=WITHIN
        )
        raise StepFailed(says) from None


def environment() -> dict[str, str]:
    """It works on a customer's rows: what it holds is what a bug in a view would give away."""
    told = {name: os.environ[name] for name in TOLD if name in os.environ}
    return told | NOWHERE | {name: secrets.token_urlsafe(60) for name in OF_ITS_OWN}


def _read(said: bytes, code: int) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError:
        told = {"trouble": f"exit code {code}"}
    if code or "trouble" in told:
        says = sentence(
            gettext_noop("The application doesn't work on the copy: %(why)s."), why=told["trouble"]
        )
        raise StepFailed(says, **told)
    return told
