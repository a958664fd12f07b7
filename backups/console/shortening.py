"""Whoever sees copies is told that they will be kept for shorter: the week until then is theirs to take it back."""

from django.conf import settings
from django.urls import reverse

from accounts.letters.sending import send_letter
from accounts.models import User
from accounts.support.asking import people_who_may
from backups.models import Policy

READERS = "platform.backup:view"


def tell_of_shortening(policy: Policy, by: User) -> None:
    """Everybody but who did it. Bound to the catalog."""
    if not policy.shorter_from or not policy.shorter_days:
        return
    for person in people_who_may(READERS):
        if person != by:
            send_letter(
                person,
                "policy-shortened",
                tier=policy.tier,
                old=policy.keep_days,
                days=policy.shorter_days,
                since=f"{policy.shorter_from:%Y-%m-%d}",
                who=by.name,
                where=reverse("backups:policy-list", urlconf=settings.OPERATOR_URLCONF),
            )
