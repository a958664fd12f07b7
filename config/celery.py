"""Background work: the queues, and what beat asks for."""

import os
from typing import Any

from celery.schedules import crontab
from celery.signals import celeryd_init, setup_logging, worker_shutting_down
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from audit.correlation import CorrelatedCelery
from config.logs.uncaught import catch_all
from config.settings import ENVIRONMENT

LETTERS = "default"
BROKER_ANSWERS_WITHIN = 2.5  # seconds; a frozen Valkey holds who sends a task up for three times that at most

app = CorrelatedCelery("amana", task_cls="tenants.celery:TenantTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[
        Queue(name) for name in ("default", "files", "backup", "drill", "restore", "seal", "control")
    ],
    task_default_queue="default",
    task_routes={
        "tenants.tasks.*": {"queue": "control"},
        "keys.tasks.*": {"queue": "control"},
        "audit.tasks.seal_activity": {"queue": "seal"},
        "backups.scheduling.tasks.look_for_work": {"queue": "backup"},
    },
    task_create_missing_queues=False,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_timeout": BROKER_ANSWERS_WITHIN,
        "socket_connect_timeout": BROKER_ANSWERS_WITHIN,
    },
    task_publish_retry_policy={
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.2,
        "interval_max": 0.2,
    },
    beat_scheduler="tenants.celery:CatalogScheduler",
    beat_schedule={
        "seal-activity": {
            "task": "audit.tasks.seal_activity",
            "schedule": 15.0,
            "options": {"expires": 15.0},
        },
        "watch-sealing": {
            "task": "audit.tasks.watch_sealing",
            "schedule": 15.0,
            "options": {"expires": 15.0},
        },
        "resume-operations": {"task": "tenants.tasks.resume_operations", "schedule": 60.0},
        "measure-tenants": {"task": "tenants.tasks.measure_tenants", "schedule": 300.0},
        "check-isolation": {"task": "tenants.tasks.check_isolation", "schedule": crontab(hour=2, minute=40)},
        "escrow-keys": {"task": "keys.tasks.escrow_keys", "schedule": crontab(hour=1, minute=10)},
        "end-escrows": {"task": "keys.tasks.end_escrows", "schedule": crontab(minute=25)},
        "look-after-tenants": {
            "task": "console.tasks.look_after_tenants",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "plan-backups": {
            "task": "backups.scheduling.tasks.plan_backups",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "watch-backups": {
            "task": "backups.alarming.tasks.watch_backups",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "look-for-backups": {
            "task": "backups.scheduling.tasks.look_for_work",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "sweep-jobs": {"task": "jobs.tasks.sweep_jobs", "schedule": 60.0, "options": {"expires": 55.0}},
    },
)
app.autodiscover_tasks(
    [
        "tenants",
        "keys",
        "jobs",
        "audit",
        "console",
        "accounts.letters",
        "accounts.limits",
        "accounts.passwords",
        "backups",
        "backups.alarming",
        "backups.scheduling",
    ]
)


@setup_logging.connect
def _speak_as_we_do(**_: Any) -> None:
    """Whoever answers this signal keeps Celery from adding handlers and forms of its own to Django's."""
    catch_all()


@worker_shutting_down.connect
def _put_back_what_is_in_hand(**_: Any) -> None:
    from backups.scheduling.stopping import ask_to_stop  # noqa: PLC0415 - a worker's, once its apps are loaded

    ask_to_stop()


@celeryd_init.connect
def _ask_for_a_mail_server(options: dict[str, Any], **_: Any) -> None:
    """Whoever listens to the queue `default` sends letters. SystemExit: Celery swallows other exceptions here."""
    if LETTERS in (options.get("queues") or [LETTERS]):
        try:
            ENVIRONMENT.require_mail()
        except ImproperlyConfigured as refusal:
            raise SystemExit(str(refusal)) from refusal
