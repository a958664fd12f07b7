from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.recording import record
from business.contacts.exporting import write_contacts
from business.contacts.filters import ContactFilter
from business.contacts.models import Contact
from business.contacts.reaching import reached_by
from jobs.kinds import Kind, Person, does
from jobs.progress import Progress

CODE = "contacts.contact:export"


def _may_export(person: Person) -> bool:
    """Whoever may export all of them sees the exports of others, too."""
    return isinstance(person, User) and CODE in person.rights.everywhere


EXPORT = Kind(
    name="contacts.export",
    title=_("Export contacts"),
    outcome=_("Contacts in the file: %(contacts)s."),
    queue="files",
    time_limit=timedelta(minutes=30),
    may=_may_export,
)


@does(EXPORT)
def export_contacts(progress: Progress, query: dict[str, str], person: str = "") -> dict[str, int]:
    """What the list shows under that filter, as a file: of what `person` may export by then, so of nobody nothing."""
    progress.step("Count the contacts")
    asking = User.objects.filter(pk=person).first() if person else None
    among = reached_by(asking, CODE) if asking else Contact.objects.none()
    found = ContactFilter.of(query).found(among)
    total = found.count()
    progress.step("Write the file")
    written = 0
    with progress.file("contacts.csv") as stream:
        for written in write_contacts(found, stream):
            progress.at(written, of=max(total, written))
    record("contacts.exported", contacts=written)
    return {"contacts": written}
