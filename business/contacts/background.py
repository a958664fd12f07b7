from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from audit.recording import record
from business.contacts.exporting import write_contacts
from business.contacts.filters import ContactFilter
from jobs.kinds import Kind, does, everybody
from jobs.progress import Progress

EXPORT = Kind(
    name="contacts.export",
    title=_("Export contacts"),
    outcome=_("Contacts in the file: %(contacts)s."),
    queue="files",
    time_limit=timedelta(minutes=30),
    may=everybody,  # as is the list that they are exported from
)


@does(EXPORT)
def export_contacts(progress: Progress, query: dict[str, str]) -> dict[str, int]:
    """What the list shows under that filter, as a file."""
    progress.step("Count the contacts")
    found = ContactFilter.of(query).found()
    total = found.count()
    progress.step("Write the file")
    written = 0
    with progress.file("contacts.csv") as stream:
        for written in write_contacts(found, stream):
            progress.at(written, of=max(total, written))
    record("contacts.exported", contacts=written)
    return {"contacts": written}
