"""Which contacts somebody reaches: the same for a list, a count, a search, an export and a page."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from access.exceptions import NotPermitted
from accounts.models import User
from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet

VIEW = "contacts.contact:view"


def seen_by(person: User) -> ContactQuerySet:
    return reached_by(person, VIEW)


def reached_by(person: User, code: str) -> ContactQuerySet:
    """Those with which the person may do what `code` says."""
    return person.rights.reach(code, Contact.objects.all())


def contact_for(person: User, code: str, pk: UUID) -> Contact:
    """To do with it what `code` says. Raises Http404 for one out of sight, NotPermitted for one out of reach."""
    known = seen_by(person).select_related("company", "created_by", "updated_by")
    contact: Contact = get_object_or_404(known, pk=pk)
    if not person.has_perm(code, contact):
        raise NotPermitted(code)
    return contact
