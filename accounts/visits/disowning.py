""" "This wasn't me": the link in a letter about a new browser, by which its reader shuts everybody out at once."""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.acting import actor_of
from accounts.addresses import our_site
from accounts.models import User
from accounts.passwords.voiding import void_password
from accounts.visits.browsers import forget_all
from accounts.visits.ending import revoke_all
from audit.context import act_as
from audit.recording import record

SALT = "accounts.not-me"
GOOD_FOR = timedelta(days=7)
TABLE = User._meta.db_table


def not_me_path(person: User, browser: str) -> str:
    """Where `person` says it, good for seven days and as long as that browser (its id) counts as theirs.

    Nobody else can make it worthless: anybody may have letters with other links sent to `person`.
    """
    token = signing.dumps([str(person.pk), browser], salt=SALT)
    return reverse("not-me", urlconf="accounts.urls", kwargs={"token": token})


def not_me_link(person: User, browser: str = "", **_facts: str | int) -> str:
    """For the worker that writes the letter."""
    return our_site() + not_me_path(person, browser)


def whose_link(token: str) -> User | None:
    """Signed with the bound tenant's own key. None for one that is too old, was used, or was made up."""
    try:
        pk, browser = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    return User.objects.active().filter(pk=pk, browsers=browser).first() if browser else None


@transaction.atomic
def disown(person: User) -> bool:
    """Everybody is signed out, no browser is known any more, and neither the password nor any link works.

    The password is one that nobody knows: whoever reads the letters of `person` asks for a new one, which can't be
    the one that somebody else knows. False where the link was used meanwhile.
    """
    row = User.objects.get_queryset().filter(pk=person.pk)
    found = row.select_for_update().get()
    act_as(actor_of(person))
    if not person.browsers.exists():
        return False
    void_password(found)
    row.update(link_epoch=F("link_epoch") + 1)
    revoke_all(person)
    forget_all(person)
    record("accounts.sign_in_disowned", subject=TABLE, object_id=person.pk, name=person.name)
    return True


def record_refused_link() -> None:
    record("accounts.sign_in_disowned", "refused")
