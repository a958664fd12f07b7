from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.owning import Owned, add_owned
from business.contacts.models import Contact


def _added(person: User) -> int:
    return Contact.objects.filter(created_by=person).count()


add_owned(Owned(label=_("Contacts that they added"), count=_added, surface="tenant"))
