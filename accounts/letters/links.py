"""Letters that carry a link. The worker makes it as it writes, so it is in no broker, database or log."""

from collections.abc import Mapping

from django.utils.module_loading import import_string

from accounts.models import User

# A letter, and who makes its link: a function of the person and the letter's facts; an empty answer means that the
# letter isn't needed any more.
LINKS: Mapping[str, str] = {
    "invitation": "accounts.inviting.invitation_link",
    "password-reset": "accounts.passwords.resetting.reset_link",
    "password-demanded": "accounts.passwords.resetting.reset_link",
    "new-device": "accounts.visits.disowning.not_me_link",
}


def link_for(person: User, letter: str, facts: Mapping[str, str | int]) -> str:
    """Empty where the letter isn't needed any more."""
    link: str = import_string(LINKS[letter])(person, **facts)
    return link
