"""Personal data of contacts: who sees it is decided here, for pages, forms, searches and files alike."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from business.contacts.models import Contact

if TYPE_CHECKING:
    from accounts.models import User

PERSONAL = ("email", "phone", "address", "tax_id", "notes")
SEE = "contacts.contact:view_pii"


def unmask(contacts: Iterable[Contact], person: "User") -> list[Contact]:
    """The same contacts, those unmasked whose personal data `person` may see. A query only for rights in a scope."""
    found = [*contacts]
    keys = [contact.pk for contact in found]
    if SEE in person.rights.scoped:
        seen = Contact.objects.filter(person.rights.within(SEE), pk__in=keys)
        keys = [*seen.values_list("pk", flat=True)]
    elif not person.has_perm(SEE):
        keys = []
    for contact in found:
        contact.is_masked = contact.pk not in keys
    return found


def fields_hidden_from(person: "User", contact: Contact | None = None) -> tuple[str, ...]:
    """What a form neither shows nor writes. Of a new contact: whoever sees personal data somewhere sees their own."""
    return () if person.has_perm(SEE, contact) else PERSONAL


def where_seen_by(person: "User") -> Q:
    """The contacts in whose personal data a search by `person` looks."""
    return person.rights.within(SEE)
