"""Taking one's own device away."""

from django.db import transaction
from django.utils.translation import gettext

from accounts.exceptions import FactorRefused
from accounts.models import TotpDevice, User
from accounts.second_factor.owing import owes_factor
from audit.recording import record

TABLE = User._meta.db_table


@transaction.atomic
def remove_factor(person: User) -> None:
    """Device and recovery codes are gone, and no session counts as opened with them any more.

    Raises FactorRefused while one is owed: it can be replaced.
    """
    if owes_factor(person):
        raise FactorRefused(
            gettext("What you may do here asks for a second factor. You can replace it, but not remove it.")
        )
    TotpDevice.objects.filter(user=person).delete()
    person.recovery_codes.all().delete()
    person.sessions.update(factor_at=None)
    record("accounts.factor_removed", subject=TABLE, object_id=person.pk, name=person.name)
