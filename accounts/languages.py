"""The languages people read and write in."""

from django.conf import settings


def languages() -> list[tuple[str, str]]:
    """Pairs of code and own name. A callable, so that a new language is no migration."""
    return list(settings.LANGUAGES)
