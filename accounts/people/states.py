"""Where a person stands: invited, in, or shut out."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import User


class State(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("people", "Active")
    INVITED = "invited", pgettext_lazy("people", "Invited")
    DEACTIVATED = "deactivated", pgettext_lazy("people", "Deactivated")


TONES = {State.ACTIVE: "good", State.INVITED: "info", State.DEACTIVATED: "neutral"}
WITHOUT_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
CONDITIONS = {
    State.ACTIVE: Q(is_active=True) & ~WITHOUT_PASSWORD,
    State.INVITED: Q(is_active=True) & WITHOUT_PASSWORD,
    State.DEACTIVATED: Q(is_active=False),
}


def state_of(person: User) -> State:
    """Invited is who has yet to set a password: for the first time, or again."""
    if not person.is_active:
        return State.DEACTIVATED
    return State.ACTIVE if person.has_usable_password() else State.INVITED
