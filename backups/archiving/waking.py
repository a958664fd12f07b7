"""Workers are told at once, rather than within the minute."""

from contextlib import suppress

from django.utils.module_loading import import_string

from tenants.celery import BROKER_AWAY


def seal_soon() -> None:
    _send("seal_archived_copies")


def store_soon() -> None:
    _send("store_archived_copies")


def tell_soon() -> None:
    _send("tell_of_retrievals")


def _send(task: str) -> None:
    """Beat asks for it too, once the broker is back."""
    with suppress(*BROKER_AWAY):
        import_string(f"backups.archiving.tasks.{task}").delay()
