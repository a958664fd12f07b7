from celery import shared_task
from django.db import transaction

from audit.recording import record


@shared_task
def record_and_fail() -> None:
    with transaction.atomic():
        record("accounts.signed_out", name="a task")
        raise ZeroDivisionError
