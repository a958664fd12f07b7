"""Tasks that fail, each with the words it was given."""

from typing import Any

from celery import shared_task

from tests.logs.failing import WAYS, ours


@shared_task
def fail(way: str, words: str) -> str:
    ours.info("At work")
    again.delay(words)
    WAYS[way](words)
    return words


@shared_task(bind=True, max_retries=1)
def again(self: Any, words: str) -> str:
    """Retried with the words as the reason, then it returns them."""
    if not self.request.retries:
        raise self.retry(exc=ValueError(words), countdown=0)
    return words
