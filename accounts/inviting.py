"""Bringing people in: a user without a password, and the link by which they set one."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.granting import Terms, grant
from accounts.models import Role, User
from audit.recording import record


def invite_owner(email: str, name: str, language: str = "") -> User:
    """The bound tenant's first user, who can't sign in yet; called again, the same one."""
    user, is_new = User.objects.bring_in(email, name, language)
    if is_new:
        record("accounts.invited", subject=user._meta.db_table, object_id=user.pk, name=user.name)
    owner = Role.objects.get(code="owner")
    if not user.assignments.not_over().filter(role=owner).exists():
        grant(user, owner, by=None, terms=Terms(reason="The first of a new customer"))
    return user


def set_password_link(user: User, site_url: str) -> str:
    """A link that lets `user` set a password once, good for PASSWORD_RESET_TIMEOUT seconds.

    `site_url` comes from configuration (`tenant.site_url`), never from a request; the user's tenant is bound.
    """
    arguments = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    return site_url.rstrip("/") + reverse("set-password", urlconf="accounts.urls", kwargs=arguments)
