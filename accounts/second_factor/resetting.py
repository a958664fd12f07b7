"""For somebody who has lost the device and the recovery codes: an administrator takes both away."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.exceptions import FactorRefused
from accounts.granting import refuse_who_may_no_longer
from accounts.letters.sending import send_letter
from accounts.models import SecurityPolicy, TotpDevice, User
from accounts.visits.browsers import forget_all
from audit.context import because
from audit.recording import record

TABLE = User._meta.db_table
CODE = "accounts.user:reset_2fa"


def reset_second_factor(person: User, by: User | None, reason: str) -> None:
    """At the next sign-in `person` sets a new device up; every session of theirs ends now, no browser is known
    any more, and they are told by letter.

    `by` is None where the product itself does it. Raises FactorRefused for oneself, without the permission, and
    without a reason, which stands in the log; GrantRefused where `by` may not do it any more.
    """
    if by is not None:
        _refuse(person, by)
    if not reason.strip():
        raise FactorRefused(gettext("Say why: it stands in the activity log."))
    with because(reason.strip()), transaction.atomic():
        if by is not None:
            SecurityPolicy.hold()
            refuse_who_may_no_longer(by, CODE)
        _take_away(person)


def _refuse(person: User, by: User) -> None:
    if by.pk == person.pk:
        raise FactorRefused(gettext("Nobody resets their own second factor: ask another administrator."))
    if not by.has_perm(CODE, person):
        raise FactorRefused(gettext("You may not reset anybody's second factor."))


def _take_away(person: User) -> None:
    User.objects.select_for_update().get(pk=person.pk)
    TotpDevice.objects.filter(user=person).delete()
    person.recovery_codes.all().delete()
    person.sessions.all().delete()
    forget_all(person)
    person.factor_reset_at = timezone.now()
    person.save(update_fields=["factor_reset_at"])
    record("accounts.factor_reset", subject=TABLE, object_id=person.pk, name=person.name)
    send_letter(person, "second-factor-reset")
