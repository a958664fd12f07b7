"""Setting a device up: its key is shown once, and two codes in a row prove that it is there and how its clock goes."""

from datetime import timedelta
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.exceptions import FactorRefused
from accounts.models import TotpDevice, User
from accounts.second_factor.time_steps import DIGITS, SECONDS, code_at, new_key, step_now
from audit.recording import record
from tenants.binding import bound_tenant

TABLE = User._meta.db_table
KEY = "device_being_set_up"
SHOWN_FOR = timedelta(hours=1)
REACH = 10  # steps: five minutes that a clock may be ahead or behind


def begin(session: SessionBase, person: User) -> TotpDevice:
    """A device that is no factor yet, the same one while this session sets it up.

    No other session is shown its key: whoever knew the password earlier and looked at it can't know what is confirmed.
    """
    since = timezone.now() - SHOWN_FOR
    begun = TotpDevice.objects.filter(user=person, confirmed=False)
    begun.filter(created_at__lt=since).delete()
    known = _being_set_up(session)
    device = begun.filter(pk=known).first() if known else None
    if device is None:
        device = TotpDevice.objects.create(user=person, name="", confirmed=False, key=new_key())
        session[KEY] = str(device.pk)
    return device


def _being_set_up(session: SessionBase) -> UUID | None:
    known = session.get(KEY)
    return UUID(known) if known else None


def confirm(device: TotpDevice, first: str, second: str) -> None:
    """From now on it is the person's second factor, and no other is. Raises FactorRefused, in words.

    A device whose clock isn't ours must show so twice: once may also be somebody who typed slowly.
    """
    drift = drift_shown(device.key, first, second)
    if drift is None:
        raise FactorRefused(
            gettext("These aren't two codes in a row. Type the one that is shown now, then the one after it.")
        )
    if drift not in (0, device.drift):
        device.drift = drift
        device.save(update_fields=["drift"])
        raise FactorRefused(
            gettext(
                "By our clock the second code wasn't the newest. Type the next two, each as soon as it appears."
            )
        )
    _put_in_force(device, drift)


def drift_shown(key: str, first: str, second: str) -> int | None:
    """How many steps the device's clock is ahead of ours, where `second` follows `first`; None where it doesn't."""
    now = step_now()
    for drift in sorted(range(-REACH, REACH + 1), key=abs):
        if (code_at(key, now + drift - 1), code_at(key, now + drift)) == (first, second):
            return drift
    return None


@transaction.atomic
def _put_in_force(device: TotpDevice, drift: int) -> None:
    person = User.objects.select_for_update().get(pk=device.user_id)
    TotpDevice.objects.filter(user=person).exclude(pk=device.pk).delete()
    device.confirmed, device.drift, device.last_step = True, drift, step_now() + drift
    device.last_used_at = timezone.now()
    device.save(update_fields=["confirmed", "drift", "last_step", "last_used_at"])
    record("accounts.factor_set_up", subject=TABLE, object_id=person.pk, name=person.name)


def address_of(device: TotpDevice) -> str:
    """What the square says: otpauth://, as the common apps read it."""
    issuer = _issuer()
    label = quote(f"{issuer}:{device.user.email}", safe="@:")
    asked = {
        "secret": device.key,
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": SECONDS,
    }
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"


def _issuer() -> str:
    """Whose site it is. A colon would end the name: apps cut the label there."""
    tenant = bound_tenant()
    name = tenant.name if tenant else gettext("operators")
    return f"Amana {name}".replace(":", " ")
