"""Alarms for other machines: JSON by POST, signed with a secret that only both ends know."""

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from backups.exceptions import BackupError
from tenants.celery import BROKER_AWAY

logger = logging.getLogger(__name__)
FORM = "amana alarms 1"
MOST = 100  # alarms in one message
SECONDS = 5.0  # for each step of the conversation
TRIED_WITHIN = 50  # seconds; what wasn't taken by then is sent anew


class NotTaken(BackupError):
    """Whoever listens at the webhook answered something else than 2xx, or nothing."""


def announce(news: Sequence[dict[str, Any]], at: datetime) -> None:
    """Send them, as they are `at` that moment, once what they tell of is committed; in messages of a hundred."""
    for start in range(0, len(news), MOST):
        some = news[start : start + MOST]
        told = {"form": FORM, "site": settings.AMANA_ORIGIN, "alarms": some}
        alarms = [each["alarm"] for each in some]
        transaction.on_commit(partial(_hand_over, json.dumps(told), alarms, at.isoformat()))


def _hand_over(body: str, alarms: list[str], at: str) -> None:
    try:
        import_string("backups.alarming.tasks.post_to_webhook").delay(body, alarms, at)
    except BROKER_AWAY:
        logger.warning("The broker is away: the webhook is told once it is back.")


def post(body: str) -> None:
    """One message. Redirects are not followed. Raises NotTaken."""
    url = urlsplit(settings.AMANA_ALARM_WEBHOOK)
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=SECONDS)
    path = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
    headers = {"Content-Type": "application/json", "X-Amana-Signature": signature(body, int(time.time()))}
    try:
        connection.request("POST", path, body.encode(), headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NotTaken(f"The webhook doesn't answer ({type(error).__name__}).") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTaken(f"The webhook answered {status}.")


def signature(body: str, at: int) -> str:
    """`t=SECONDS,v1=HEX`: HMAC-SHA-256 of "SECONDS.BODY", so that a message can't be sent again later as new."""
    key = settings.AMANA_ALARM_SECRET.encode()
    return f"t={at},v1={hmac.new(key, f'{at}.{body}'.encode(), hashlib.sha256).hexdigest()}"
