"""What these tests do with a session's row, and what they look for."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from tenants.binding import Bindable, bound_to
from tests.support.authenticator import come_in

COOKIE = "amana"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PAGE = {"accept": "text/html"}


def key_of(client: Client) -> str:
    return str(client.cookies[COOKIE].value)


def row(place: Bindable, client: Client) -> Session:
    with bound_to(place):
        return Session.objects.select_related("user").get(pk=key_of(client))


def change(place: Bindable, client: Client, **columns: Any) -> None:
    with bound_to(place):
        assert Session.objects.filter(pk=key_of(client)).update(**columns) == 1


def is_open(place: Bindable, client: Client) -> bool:
    with bound_to(place):
        return Session.objects.filter(pk=key_of(client), user__isnull=False).exists()


def ago(**how_long: float) -> datetime:
    return timezone.now() - timedelta(**how_long)


def sign_in(place: Bindable, client: Client, person: User, agent: str = FIREFOX) -> None:
    """With password and code, in a browser that goes on calling itself `agent`."""
    client.defaults["HTTP_USER_AGENT"] = agent
    come_in(client, place, person.email)
