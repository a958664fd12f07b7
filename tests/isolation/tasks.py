"""Tasks for a real worker: each notes for whom it ran and what it saw."""

from typing import Any

from celery import shared_task
from django.utils.translation import activate, get_language

from accounts.models import User
from tenants.binding import bound_alias
from tenants.celery import UnboundTask

ran: list[tuple[str, str, list[str]]] = []
failed_once: set[str] = set()


@shared_task
def note(word: str, *_: Any) -> str:
    ran.append((word, bound_alias(), [*User.objects.order_by("name").values_list("name", flat=True)]))
    return word


@shared_task
def note_and_fail(word: str) -> None:
    note(word)
    raise ZeroDivisionError


@shared_task(bind=True, max_retries=2)
def note_and_retry(self: Any, word: str) -> None:
    note(word)
    if word not in failed_once:
        failed_once.add(word)
        raise self.retry(countdown=0)


@shared_task
def send_another(word: str) -> None:
    note.delay(word)


@shared_task
def say_the_language(then: str) -> None:
    """What it speaks is noted, and another language left behind for the next task."""
    ran.append((get_language(), bound_alias(), []))
    activate(then)


@shared_task(base=UnboundTask)
def say_the_platforms_language(then: str) -> None:
    ran.append((get_language(), "unbound", []))
    activate(then)


@shared_task(base=UnboundTask)
def of_the_platform(word: str) -> None:
    ran.append((word, "unbound", []))
