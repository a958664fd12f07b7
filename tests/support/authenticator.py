"""An app on somebody's phone: it knows the key, and shows a code that changes every 30 seconds."""

import time
from dataclasses import dataclass

from django.test import Client

from accounts.models import TotpDevice, User
from accounts.second_factor.time_steps import SECONDS, code_at, new_key, step_now
from tenants.binding import Bindable, bound_to
from tests.support.fleet import PASSWORD

ENOUGH = 5  # seconds that a code should still be shown for


@dataclass(frozen=True)
class Authenticator:
    """`ahead`: steps by which the phone's clock is wrong."""

    key: str
    ahead: int = 0

    def code(self, later: int = 0) -> str:
        """The code that is shown now and a while longer; `later` in steps of 30 seconds."""
        if (rest := SECONDS - time.time() % SECONDS) < ENOUGH:
            time.sleep(rest)
        return code_at(self.key, step_now() + self.ahead + later)


def give_device(person: User, key: str = "") -> Authenticator:
    """A second factor for a person of whoever is bound."""
    key = key or new_key()
    TotpDevice.objects.create(user=person, name="", confirmed=True, key=key)
    return Authenticator(key)


def code_for(target: Bindable, email: str) -> str:
    """What that person's app shows, good although a code of the same moment was given before; an app they have."""
    with bound_to(target):
        person = User.objects.get(email=email)
        device = TotpDevice.objects.filter(user=person, confirmed=True).first()
        phone = Authenticator(device.key) if device else give_device(person)
        TotpDevice.objects.filter(user=person).update(last_step=-1, failures=0, failed_at=None)
        return phone.code()


def without_devices(target: Bindable) -> None:
    """As the next test expects it, where what a test did stays."""
    with bound_to(target):
        TotpDevice.objects.all().delete()


def come_in(client: Client, target: Bindable, email: str, password: str = PASSWORD) -> None:
    """Signed in by the real pages, with password and code."""
    code_for(target, email)
    assert client.post("/sign-in/", {"email": email, "password": password})["Location"] == "/second-factor/"
    answer = client.post("/second-factor/", {"code": code_for(target, email)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
