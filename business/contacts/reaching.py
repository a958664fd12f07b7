"""Which contacts a person reaches: asked here by every list, count, search, page and job."""

from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.shortcuts import get_object_or_404

from access.exceptions import NotPermitted
from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet

if TYPE_CHECKING:
    from accounts.models import User

VIEW = "contacts.contact:view"
CREATE = "contacts.contact:create"
UPDATE = "contacts.contact:update"
ARCHIVE = "contacts.contact:archive"
RESTORE = "contacts.contact:restore"
EXPORT = "contacts.contact:export"


def contacts_of(person: "User", code: str = VIEW) -> ContactQuerySet:
    """All that the person may see or, with another code, may do that with."""
    return cast(ContactQuerySet, person.rights.reach(code, Contact.objects.all()))


def contact_of(person: "User", pk: UUID, code: str = VIEW) -> Contact:
    """Raises Http404 where the person may not know of it, NotPermitted where they may see it and no more."""
    seen = contacts_of(person).select_related("company", "created_by", "updated_by")
    contact: Contact = get_object_or_404(seen, pk=pk)
    if code != VIEW and not person.has_perm(code, contact):
        raise NotPermitted(code)
    return contact


def company_url(person: "User", contact: Contact) -> str:
    """Where the contact's company is; empty where it has none, or one whose page the person may not open."""
    company = contact.company
    return company.get_absolute_url() if company and person.has_perm(VIEW, company) else ""


def verbs_for(person: "User", contact: Contact) -> dict[str, bool]:
    """Which buttons the contact's page offers: by the verb of the permission."""
    codes = (CREATE, UPDATE, ARCHIVE, RESTORE)
    return {code.partition(":")[2]: person.has_perm(code, _record_of(code, contact)) for code in codes}


def _record_of(code: str, contact: Contact) -> Contact | None:
    """Nothing is added to a contact: who may add one may do so anywhere."""
    return None if code == CREATE else contact
