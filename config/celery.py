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
BY_CONTROL = ("escrow_recovery_keys", "end_recovery_escrows", "tidy_recovery_keys")
BROKER_ANSWERS_WITHIN = 2.5  # seconds; a frozen Valkey holds who sends a task up for three times that at most

app = CorrelatedCelery("amana", task_cls="tenants.celery:TenantTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[
        Queue(name)
        for name in ("default", "files", "backup", "drill", "lending", "restore", "seal", "control")
    ],
    task_default_queue="default",
    task_routes={
        "tenants.tasks.*": {"queue": "control"},
        "keys.tasks.*": {"queue": "control"},
        "backups.restoring.tasks.*": {"queue": "restore"},
        "audit.tasks.seal_activity": {"queue": "seal"},
        "backups.keeping.tasks.verify_copies": {"queue": "drill"},
        "backups.keeping.tasks.compare_anchors": {"queue": "drill"},
        "backups.keeping.tasks.write_holds": {"queue": "backup"},
        "backups.keeping.tasks.*": {"queue": "control"},
        **{f"backups.recovery_keys.tasks.{name}": {"queue": "control"} for name in BY_CONTROL},
        "backups.recovery_keys.tasks.*": {"queue": "lending"},
        "backups.scheduling.tasks.look_for_work": {"queue": "backup"},
        "backups.drilling.tasks.run_next_drill": {"queue": "drill"},
        "backups.drilling.tasks.*": {"queue": "control"},
        "backups.archiving.tasks.seal_archived_copies": {"queue": "files"},
        "backups.archiving.tasks.store_archived_copies": {"queue": "backup"},
        "backups.archiving.tasks.verify_archived_copies": {"queue": "drill"},
        "backups.archiving.tasks.look_after_archive": {"queue": "control"},
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
        "sweep-visits": {
            "task": "accounts.visits.tasks.sweep_visits",
            "schedule": crontab(hour=3, minute=20),
        },
        "escrow-keys": {"task": "keys.tasks.escrow_keys", "schedule": crontab(hour=1, minute=10)},
        "end-escrows": {"task": "keys.tasks.end_escrows", "schedule": crontab(minute=25)},
        "escrow-recovery-keys": {
            "task": "backups.recovery_keys.tasks.escrow_recovery_keys",
            "schedule": crontab(minute=15),
        },
        "end-recovery-escrows": {
            "task": "backups.recovery_keys.tasks.end_recovery_escrows",
            "schedule": crontab(minute=26),
        },
        "tidy-recovery-keys": {
            "task": "backups.recovery_keys.tasks.tidy_recovery_keys",
            "schedule": crontab(minute=35),
        },
        "check-recovery-keys": {
            "task": "backups.recovery_keys.tasks.check_recovery_keys",
            "schedule": crontab(hour=3, minute=5),
        },
        "look-after-tenants": {
            "task": "console.tasks.look_after_tenants",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "say-lending-lives": {
            "task": "backups.recovery_keys.tasks.say_lending_lives",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "expire-copies": {"task": "backups.keeping.tasks.expire_copies", "schedule": crontab(minute=35)},
        "write-holds": {"task": "backups.keeping.tasks.write_holds", "schedule": crontab(minute=8)},
        "end-holds": {"task": "backups.keeping.tasks.end_holds", "schedule": crontab(minute=9)},
        "verify-copies": {
            "task": "backups.keeping.tasks.verify_copies",
            "schedule": crontab(minute=50),
            "options": {"expires": 3000.0},
        },
        "reconcile-storage": {
            "task": "backups.keeping.tasks.reconcile_storage",
            "schedule": crontab(hour=6, minute=20),
        },
        "compare-anchors": {
            "task": "backups.keeping.tasks.compare_anchors",
            "schedule": crontab(hour=6, minute=40),
        },
        "remind-reviewers": {
            "task": "accounts.reviews.tasks.remind_reviewers",
            "schedule": crontab(hour=5, minute=50),
        },
        "look-after-restores": {
            "task": "backups.restoring.tasks.look_after_restores",
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
        "plan-drills": {
            "task": "backups.drilling.tasks.plan_drills",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "seal-archived-copies": {
            "task": "backups.archiving.tasks.seal_archived_copies",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "store-archived-copies": {
            "task": "backups.archiving.tasks.store_archived_copies",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "tell-of-retrievals": {
            "task": "backups.archiving.tasks.tell_of_retrievals",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "look-after-archive": {
            "task": "backups.archiving.tasks.look_after_archive",
            "schedule": 60.0,
            "options": {"expires": 55.0},
        },
        "verify-archived-copies": {
            "task": "backups.archiving.tasks.verify_archived_copies",
            "schedule": crontab(hour=4, minute=10),
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
        "backups.keeping",
        "accounts.visits",
        "accounts.reviews",
        "backups.recovery_keys",
        "backups.alarming",
        "backups.scheduling",
        "backups.restoring",
        "backups.drilling",
        "backups.archiving",
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
def _ask_for_what_is_needed(options: dict[str, Any], **_: Any) -> None:
    """By queue: `default` sends letters, others back up, drill and restore; without a name it is all of them.

    SystemExit: Celery swallows other exceptions here.
    """
    queues = options.get("queues") or [queue.name for queue in app.conf.task_queues]
    try:
        if LETTERS in queues:
            ENVIRONMENT.require_mail()
        ENVIRONMENT.require_worker(queues.split(",") if isinstance(queues, str) else queues)
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from refusal
