"""Bringing people in: a user without a password, and the link by which they set one."""

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.addresses import our_site
from accounts.exceptions import InvitationRefused
from accounts.granting import Terms, end, grant
from accounts.letters.sending import send_letter
from accounts.models import Role, User
from accounts.passwords.tokens import INVITATION_LASTS, LINKS
from audit.recording import record

TABLE = User._meta.db_table


def invite_owner(email: str, name: str, language: str = "") -> User:
    """The bound tenant's first user, who can't sign in yet; called again, the same one."""
    user, is_new = User.objects.bring_in(email, name, language)
    if is_new:
        record("accounts.invited", subject=TABLE, object_id=user.pk, name=user.name)
    owner = Role.objects.get(code="owner")
    if not user.assignments.not_over().filter(role=owner).exists():
        grant(user, owner, by=None, terms=Terms(reason="The first of a new customer"))
    return user


@transaction.atomic
def invite(email: str, name: str, by: User, language: str = "") -> User:
    """A new person of whoever is bound, without rights yet, to whom the letter "invitation" goes.

    `by` is who asks, and has the right to. Raises InvitationRefused where somebody has this address; one whose
    invitation was withdrawn is invited like anybody new.
    """
    user, is_new = User.objects.bring_in(email, name, language)
    if not is_new:
        user = _bring_back(user, name, language)
    record("accounts.invited", subject=TABLE, object_id=user.pk, name=user.name)
    send_invitation(user)
    return user


@transaction.atomic
def invite_again(user: User, by: User) -> None:
    """Another letter; the links sent before are worthless from now on. Raises InvitationRefused."""
    user = _still_invited(user)
    _change(user)
    record("accounts.invited_again", subject=TABLE, object_id=user.pk, name=user.name)
    send_invitation(user)


@transaction.atomic
def withdraw_invitation(user: User, by: User) -> None:
    """Nobody comes in by it any more, and the roles that waited end; the person stays, inactive, for the log.

    Raises InvitationRefused, and GrantRefused where nobody else owns the site.
    """
    user = _still_invited(user)
    for assignment in user.assignments.not_over():
        end(assignment, by, "The invitation was withdrawn", code="accounts.user:invite")
    _change(user, is_active=False)
    record("accounts.invitation_withdrawn", subject=TABLE, object_id=user.pk, name=user.name)


def send_invitation(user: User) -> None:
    """The letter with a link; who has a password by the time it is written gets none."""
    send_letter(user, "invitation", hours=int(INVITATION_LASTS.total_seconds() // 3600))


def invitation_link(user: User, **_facts: str | int) -> str:
    """For the worker that writes the letter; empty for who has come in already, or may not any more."""
    if not user.is_active or user.has_usable_password():
        return ""
    return set_password_link(user, our_site())


def set_password_link(user: User, site_url: str) -> str:
    """A link that lets `user` set a password once: within 72 hours the first, within an hour another one.

    `site_url` comes from configuration (`tenant.site_url`), never from a request; the user's tenant is bound.
    """
    arguments = {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": LINKS.make_token(user)}
    return site_url.rstrip("/") + reverse("set-password", urlconf="accounts.urls", kwargs=arguments)


def _still_invited(user: User) -> User:
    """As the person is now, locked."""
    found = User.objects.select_for_update().get(pk=user.pk)
    if found.has_usable_password():
        raise InvitationRefused(_("This person has set a password already: there is no invitation any more."))
    if not found.is_active:
        raise InvitationRefused(_("This person isn't active: there is no invitation any more."))
    return found


def _bring_back(user: User, name: str, language: str) -> User:
    """Who was invited, never came, and isn't expected any more. Whose roles wait is reactivated, by who may do that."""
    found = User.objects.select_for_update().get(pk=user.pk)
    if found.is_active or found.has_usable_password() or found.assignments.not_over().exists():
        raise InvitationRefused(_("Somebody with this e-mail address is here already."))
    _change(found, is_active=True, name=name, language=language)
    found.refresh_from_db()
    return found


def _change(user: User, **changed: str | bool) -> None:
    """Whatever changes, the links that were sent before are worthless."""
    User.objects.filter(pk=user.pk).update(link_epoch=F("link_epoch") + 1, **changed)
