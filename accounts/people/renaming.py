"""A person's name is who they are in the activity log, so it is changed by a colleague, and both names are kept."""

from django.db import transaction
from django.utils.translation import gettext

from accounts.exceptions import StandingRefused
from accounts.models import User
from audit.recording import record


@transaction.atomic
def rename(person: User, by: User, name: str) -> None:
    """Raises StandingRefused for oneself."""
    found = User.objects.select_for_update().get(pk=person.pk)
    if found.pk == by.pk:
        raise StandingRefused(gettext("Nobody renames themselves: ask another administrator."))
    if found.name == name:
        return
    former, found.name = found.name, name
    found.save(update_fields=["name"])
    table = User._meta.db_table
    record("accounts.renamed", subject=table, object_id=found.pk, former=former, name=name)
