"""Which form the lines have, and that everybody's come out in it: ours, Django's, gunicorn's, Celery's."""

from collections.abc import Mapping
from typing import Any

LINES = {"json": "config.logs.lines.JsonLine", "lines": "config.logs.lines.ReadableLine"}
# They come with handlers of their own; Django's would mail a whole request to the administrators.
OTHERS = ("django", "django.server", "gunicorn.error")


def form_of(given: Mapping[str, str]) -> str:
    """AMANA_LOG_FORMAT, else JSON wherever it isn't embedded."""
    usual = "lines" if given.get("AMANA_ENV") == "embedded" else "json"
    chosen = given.get("AMANA_LOG_FORMAT") or usual
    return chosen if chosen in LINES else "json"


def logging_in(form: str, *, candid: bool) -> dict[str, Any]:
    """Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "facts": {"()": "config.logs.facts.Facts"},
            "once": {"()": "config.logs.facts.OncePerRequest"},
        },
        "formatters": {"line": {"()": LINES[form], "candid": candid}},
        "handlers": {
            "lines": {"()": "config.logs.lines.Lines", "formatter": "line", "filters": ["once", "facts"]}
        },
        "root": {"handlers": ["lines"], "level": "INFO"},
        "loggers": {name: {"handlers": [], "propagate": True, "level": "INFO"} for name in OTHERS},
    }
