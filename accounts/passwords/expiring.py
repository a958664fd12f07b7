"""Until when a password is good, and who has to set a new one before anything else."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import SecurityPolicy, User
from accounts.passwords.rules import PRESETS, Rules

if TYPE_CHECKING:
    from datetime import datetime

TOLD = "owes_a_password"  # in a session: that it was stopped is in the activity log


def owes_a_password(person: User) -> bool:
    """It has expired, or somebody who may has asked for another one."""
    return person.must_set_password or has_expired(person)


def has_expired(person: User) -> bool:
    until = good_until(person)
    return until is not None and until <= timezone.now()


def good_until(person: User) -> "datetime | None":
    """None where the policy lets passwords be. One of unknown age is as old as the account."""
    lasts = _rules_for(person).lasts
    return _set_at(person) + lasts if lasts else None


def is_to_be_warned(person: User) -> bool:
    """It is good for a few days only."""
    warns_after = _rules_for(person).warns_after
    return warns_after is not None and timezone.now() - _set_at(person) >= warns_after


def password_notice(request: HttpRequest) -> "dict[str, Notice]":
    """Context processor."""
    return {"password_notice": Notice(request)}


class Notice:
    """Worked out where a page shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def days_left(self) -> int | None:
        """None while there is nothing to say."""
        person = self._request.user
        if not isinstance(person, User) or not is_to_be_warned(person):
            return None
        until = good_until(person)
        return max((until - timezone.now()) // timedelta(days=1), 0) if until else None


def _set_at(person: User) -> "datetime":
    return person.password_set_at or person.joined_at


def _rules_for(person: User) -> Rules:
    """The preset comes along with whoever is signed in, so that no page asks for it."""
    preset = getattr(person, "password_preset", None)
    return PRESETS[preset or SecurityPolicy.in_force().preset]
