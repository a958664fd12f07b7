"""Shutting somebody out, and letting them in again: guarded, with a reason in the log, in force at once."""

from django.db import transaction
from django.utils.translation import gettext

from accounts.exceptions import StandingRefused
from accounts.granting import refuse_last_owner, refuse_who_may_no_longer
from accounts.inviting import send_invitation, withdraw_invitation
from accounts.models import FormerPassword, SecurityPolicy, User
from accounts.outranking import refuse_outranked
from accounts.visits.browsers import forget_all
from audit.context import because
from audit.recording import record

TABLE = User._meta.db_table


def deactivate(person: User, by: User, reason: str) -> None:
    """Every session of `person` ends now, every link is worthless, no right is left; their roles wait.

    Raises StandingRefused for oneself and whoever is deactivated already, GrantRefused for the last owner, where `by`
    may not do it any more, and for whoever may do more than `by`.
    """
    with because(reason), transaction.atomic():
        found = _held(person)
        if found.pk == by.pk:
            raise StandingRefused(gettext("Nobody deactivates themselves: ask another administrator."))
        if not found.is_active:
            raise StandingRefused(gettext("This person is deactivated already."))
        refuse_who_may_no_longer(by, "accounts.user:deactivate")
        refuse_last_owner(found)
        refuse_outranked(found, by)
        found.is_active, found.link_epoch = False, found.link_epoch + 1
        found.save(update_fields=["is_active", "link_epoch"])
        found.sessions.all().delete()
        SecurityPolicy.rights_changed()
        record("accounts.deactivated", subject=TABLE, object_id=found.pk, name=found.name)


def reactivate(person: User, by: User, reason: str) -> None:
    """`person` is invited anew: the roles are in force again, the second factor stays.

    The old password is void, and no browser is known any more.

    Raises StandingRefused for oneself and whoever is active, GrantRefused where `by` may not do it any more.
    """
    with because(reason), transaction.atomic():
        found = _held(person)
        if found.pk == by.pk or found.is_active:
            raise StandingRefused(gettext("This person is active already."))
        refuse_who_may_no_longer(by, "accounts.user:reactivate")
        _void_password(found)
        forget_all(found)
        found.is_active, found.link_epoch = True, found.link_epoch + 1
        found.save(update_fields=["is_active", "link_epoch", "password"])
        SecurityPolicy.rights_changed()
        record("accounts.reactivated", subject=TABLE, object_id=found.pk, name=found.name)
        send_invitation(found)


@transaction.atomic
def withdraw(person: User, by: User) -> None:
    """The invitation is worthless. Raises InvitationRefused, and GrantRefused as `deactivate` does."""
    found = _held(person)
    refuse_who_may_no_longer(by, "accounts.user:invite")
    refuse_last_owner(found)
    refuse_outranked(found, by)
    withdraw_invitation(found, by)
    SecurityPolicy.rights_changed()


def _held(person: User) -> User:
    """As the person is now, locked. Rights are held first, as wherever they change."""
    SecurityPolicy.hold()
    return User.objects.select_for_update().get(pk=person.pk)


def _void_password(person: User) -> None:
    """It isn't chosen again either."""
    if person.has_usable_password():
        FormerPassword.objects.create(user=person, password=person.password)
    person.set_unusable_password()
