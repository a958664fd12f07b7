"""Tasks for a real worker: each writes a group of its name."""

from celery import shared_task
from django.contrib.auth.models import Group

from tenants.binding import CATALOG, bound_to
from tenants.celery import UnboundTask


@shared_task
def write_group(name: str) -> None:
    Group.objects.create(name=name)


@shared_task(bind=True, max_retries=1)
def write_at_second_attempt(self: "object", name: str) -> None:
    if self.request.retries == 0:  # type: ignore[attr-defined]
        raise self.retry(countdown=0)  # type: ignore[attr-defined]
    Group.objects.create(name=name)


@shared_task
def pass_on(name: str) -> None:
    write_group.delay(name)


@shared_task
def fail() -> None:
    raise ZeroDivisionError


@shared_task(base=UnboundTask)
def write_in_the_catalog(name: str) -> None:
    with bound_to(CATALOG):
        Group.objects.create(name=name)
