"""What lies in scratch is served to nobody, speaks to nobody, and goes even where its drill was killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from backups.drilling import engine
from backups.drilling.application import environment
from backups.drilling.running import run_next
from backups.drilling.scratch import empty, left, scratch_alone
from backups.drilling.steps import STEPS, DrillStepKind
from backups.drilling.work import Work
from backups.models import Backup, Drill
from config.environment import read_environment
from embedded.environment import HOLDERS
from tenants.binding import CATALOG, bound_to
from tenants.exceptions import WrongDatabase
from tenants.identity import Identity, check_identity, sign
from tenants.models import Tenant
from tenants.places import DrillerMissing, Place, database_settings, drill_place, drill_url
from tests.backups.drilling.conftest import last_of, step, wanted
from tests.tenants.test_environment import SOUND

IDENTITY = """
    CREATE SCHEMA amana;
    CREATE TABLE amana.identity (tenant uuid, database text, era integer, purpose text, signature bytea)"""


def test_web_refuses_a_database_that_is_signed_for_a_drill(acme: Tenant) -> None:
    drills = Identity(acme.pk, "scratch", 1, "drill")
    with scratch_alone() as scratch:
        scratch.execute(IDENTITY)
        scratch.execute("INSERT INTO amana.identity VALUES (%s, %s, %s, %s, %s)", [*drills, sign(drills)])
        as_web_would_bind = Place("scratch", "scratch", "", tenant_id=acme.pk)
        try:
            with pytest.raises(WrongDatabase):
                check_identity(scratch, as_web_would_bind)
            check_identity(scratch, drill_place(acme.pk, 1))
            with pytest.raises(WrongDatabase):
                check_identity(scratch, drill_place(acme.pk, 2))
        finally:
            empty(scratch)


def test_no_other_process_reaches_scratch(settings: Settings, acme: Tenant) -> None:
    assert HOLDERS["AMANA_DRILL_URL"] == {"drill"}
    settings.AMANA_DRILL_URL = ""
    with pytest.raises(DrillerMissing):
        database_settings(drill_place(acme.pk, 1))


def test_a_tenants_own_role_cant_come_into_scratch(acme: Tenant) -> None:
    own = database_settings(acme.place)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host=own["HOST"], port=own["PORT"], user=own["USER"], password=own["PASSWORD"], dbname="scratch"
        )


SECRETS = {
    *HOLDERS,
    "AMANA_DATABASE_URL",
    "AMANA_ROLE_SECRET",
    "AMANA_SECRET_KEY",
    "AMANA_BROKER_URL",
    "AMANA_CACHE_URL",
}


def test_the_application_is_told_no_secret_but_the_way_to_scratch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMANA_SECRET_OF_TOMORROW", "whatever a later release adds")
    told = environment()
    worker_s = {name for name, value in told.items() if os.environ.get(name) == value}
    assert worker_s & SECRETS == {"AMANA_DRILL_URL"}
    held = {
        os.environ[name] for name in (SECRETS - {"AMANA_DRILL_URL"}) & os.environ.keys() if os.environ[name]
    }
    assert not held & {*told.values()}
    assert "AMANA_SECRET_OF_TOMORROW" not in told
    assert told["AMANA_SECRET_KEY"] != environment()["AMANA_SECRET_KEY"]


def test_in_production_what_it_is_told_is_enough_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SOUND.items():
        monkeypatch.setenv(name, value)
    assert read_environment(environment()).is_production


def test_the_application_comes_into_no_database_but_scratch(acme: Tenant) -> None:
    """Neither into the catalog, nor into Acme's by a password that it could work out."""
    code = """
import sys
import django
django.setup()
from django.db import OperationalError, connection
from tenants.binding import CATALOG, bound_to
from tenants.places import Place, drill_place
for place in (CATALOG, Place(sys.argv[1], sys.argv[1], sys.argv[1])):
    try:
        with bound_to(place), connection.cursor() as cursor:
            print("it came in")
    except OperationalError as refusal:
        print(type(refusal).__name__)
"""
    said = subprocess.run(
        [sys.executable, "-c", code, acme.schema_name],
        cwd=django_settings.BASE_DIR,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == ["OperationalError"] * 2


def test_a_process_that_works_on_a_copy_sends_no_letter_and_no_task() -> None:
    code = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
from backups.drilling.quiet import keep_quiet, send_no_tasks
keep_quiet()
import django
django.setup()
send_no_tasks()
from django.core.mail import send_mail
from backups.exceptions import DrillRefused
from jobs.tasks import sweep_jobs
from tenants.binding import CATALOG, bound_to
for what in (lambda: send_mail("s", "b", "a@a.example", ["b@b.example"]), lambda: sweep_jobs.delay()):
    try:
        with bound_to(CATALOG):
            what()
    except DrillRefused as refusal:
        print(refusal)
"""
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=django_settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == ["A drill works on a copy: it sends nothing to anybody."] * 2


def test_one_drill_at_a_time_and_the_other_waits_without_losing_a_try(copy: Backup) -> None:
    wanted(copy)
    with scratch_alone():
        run_next()
    drill = last_of(copy)
    assert (drill.state, drill.attempt) == ("waiting", 0)
    assert drill.error == "Another drill works on scratch: this one waits for its turn."


@pytest.mark.slow
def test_a_killed_workers_leftovers_go_before_anything_else(copy: Backup, settings: Settings) -> None:
    drill = wanted(copy)
    worker = _worker(copy, settings)
    _wait_for(lambda: step_state(drill, "content") != "waiting")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    with psycopg.connect(drill_url(), autocommit=True) as scratch:
        assert left(scratch) > 0
    assert len([*settings.AMANA_DRILL_DIR.iterdir()]) == 1
    with bound_to(CATALOG):
        Drill.objects.filter(pk=drill.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_next()
    again = last_of(copy)
    assert (again.outcome, again.attempt, again.token) == ("passed", 2, 2)
    found = step(again, "room")
    assert found.details["things"] > 0
    assert found.details["folders"] == 1
    assert found.found.startswith("An interrupted drill had left ")
    assert [*settings.AMANA_DRILL_DIR.iterdir()] == []


def test_a_drill_whose_worker_was_killed_three_times_fails_and_leaves_nothing(
    copy: Backup, settings: Settings
) -> None:
    drill = wanted(copy)
    spool = settings.AMANA_DRILL_DIR / f"{drill.pk}-3"
    (spool / "files").mkdir(parents=True)
    with psycopg.connect(drill_url(), autocommit=True) as scratch:
        scratch.execute("CREATE TABLE public.of_a_customer ()")
    with bound_to(CATALOG):
        Drill.objects.filter(pk=drill.pk).update(attempt=3, token=3)
    run_next()
    with psycopg.connect(drill_url(), autocommit=True) as scratch:
        assert left(scratch) == 0
    assert not spool.exists()
    ended = last_of(copy)
    assert (ended.outcome, ended.failed_step) == ("failed", "worker")
    assert ended.error == "Its worker was killed three times: nothing was proven."


def test_what_killed_attempts_left_is_gone_once_it_has_failed(copy: Backup, settings: Settings) -> None:
    drill = wanted(copy)
    spool = settings.AMANA_DRILL_DIR / f"{drill.pk}-3"
    (spool / "files").mkdir(parents=True)
    (spool / "files" / "contract.txt").write_bytes(b"signed")
    with psycopg.connect(drill_url(), autocommit=True) as scratch:
        scratch.execute("CREATE TABLE public.contacts_contact AS SELECT 'Zanzibar Spice Ltd' AS name")
    past = timezone.now() - timedelta(seconds=1)
    with bound_to(CATALOG):
        Drill.objects.filter(pk=drill.pk).update(state="running", attempt=3, token=3, lease_until=past)

    run_next()

    ended = last_of(copy)
    assert (ended.outcome, ended.failed_step) == ("failed", "worker")
    nothing_is_left(settings)


def test_nothing_is_left_where_the_catalog_goes_away(
    copy: Backup, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From when every row has been restored on, until the worker puts the drill back."""
    noted, codes = engine._note, [kind.code for kind in STEPS]

    def note(work: Work, kind: DrillStepKind, state: str, says: str = "", **details: object) -> None:
        if codes.index(kind.code) >= codes.index("content"):
            raise OperationalError("server closed the connection unexpectedly")
        noted(work, kind, state, says, **details)

    monkeypatch.setattr(engine, "_note", note)
    wanted(copy)
    run_next()
    drill = last_of(copy)
    assert step(drill, "restore").state == "passed"
    assert (drill.state, drill.attempt) == ("waiting", 1)
    nothing_is_left(settings)


def nothing_is_left(settings: Settings) -> None:
    with psycopg.connect(drill_url(), autocommit=True) as scratch:
        assert left(scratch) == 0
    assert [*settings.AMANA_DRILL_DIR.iterdir()] == []


def step_state(drill: Drill, code: str) -> str:
    with bound_to(CATALOG):
        found = drill.steps.filter(code=code).first()
    return found.state if found else "waiting"


def _worker(copy: Backup, settings: Settings) -> "subprocess.Popen[bytes]":
    """A process of its own that stays at comparing rows, as if there were many of them."""
    code = """
import os, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django
django.setup()
import sys
from django.conf import settings
settings.AMANA_BACKUP_STORE, settings.AMANA_DRILL_DIR = sys.argv[1:3]
from audit.context import acting
from backups.drilling import comparing
from backups.drilling.running import run_next
comparing.fingerprint = lambda *_: time.sleep(60)
with acting("system:drill"):
    run_next()
"""
    return subprocess.Popen(
        [sys.executable, "-c", code, settings.AMANA_BACKUP_STORE, str(settings.AMANA_DRILL_DIR)],
        cwd=django_settings.BASE_DIR,
        start_new_session=True,
    )


def _wait_for(is_so: object) -> None:
    assert callable(is_so)
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)
