"""What a process that works on a restored copy can't do: write a letter, send a task, remember anything for others."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from backups.exceptions import DrillRefused

WORDS = "A drill works on a copy: it sends nothing to anybody."


class NoMail(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> NoReturn:
        raise DrillRefused(WORDS)


def keep_quiet() -> None:
    """For the rest of this process. Before Django is set up."""
    settings.EMAIL_BACKEND = "backups.drilling.quiet.NoMail"
    settings.CACHES = {
        name: {"BACKEND": "django.core.cache.backends.dummy.DummyCache"} for name in settings.CACHES
    }


def send_no_tasks() -> None:
    """For the rest of this process, once Django is set up."""
    import_string("config.celery.app").send_task = _refuse


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise DrillRefused(WORDS)
