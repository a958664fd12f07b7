"""What the activity log keeps of contacts: that something about a person changed, never what it was."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import logged
from audit.events import event

SAID_BY_THE_EVENT = "the event says it"

logged(
    "contacts_contact",
    ignored={
        "version": SAID_BY_THE_EVENT,
        "updated_at": SAID_BY_THE_EVENT,
        "updated_by_id": SAID_BY_THE_EVENT,
    },
)

event("contacts.exported", _("%(actor)s exported contacts: %(contacts)s of them"))
