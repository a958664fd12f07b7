"""What the activity log keeps of contacts: that something about a person changed, never what it was."""

from audit.declaring import logged

SAID_BY_THE_EVENT = "the event says it"

logged(
    "contacts_contact",
    ignored={
        "version": SAID_BY_THE_EVENT,
        "updated_at": SAID_BY_THE_EVENT,
        "updated_by_id": SAID_BY_THE_EVENT,
    },
)
