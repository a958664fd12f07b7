from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from access.asking import holders_everywhere
from accounts.models import User
from audit.recording import record
from business.contacts import masks, reaching
from business.contacts.exporting import write_contacts
from business.contacts.filters import ContactFilter
from business.contacts.querysets import ContactQuerySet
from jobs.kinds import Kind, does
from jobs.progress import Progress

EXPORT = Kind(
    name="contacts.export",
    title=_("Export contacts"),
    outcome=_("Contacts in the file: %(contacts)s."),
    queue="files",
    time_limit=timedelta(minutes=30),
    permission=reaching.EXPORT,
    # What somebody else exported may hold any contact, with personal data.
    may=holders_everywhere(reaching.VIEW, reaching.EXPORT, masks.SEE),
)


@does(EXPORT)
def export_contacts(progress: Progress, query: dict[str, str]) -> dict[str, int]:
    """What the list shows its owner under that filter, by the rights they have now, as a file."""
    owner: User = progress.owner
    progress.step("Count the contacts")
    found = _exportable(query, owner)
    total = found.count()
    progress.step("Write the file")
    written = 0
    with progress.file("contacts.csv") as stream:
        for written in write_contacts(found, stream, owner):
            progress.at(written, of=max(total, written))
    record("contacts.exported", contacts=written)
    return {"contacts": written}


def _exportable(query: dict[str, str], owner: User) -> ContactQuerySet:
    """What may be seen and exported both: either may be held in a scope only."""
    exported = owner.rights.within(reaching.EXPORT)
    return ContactFilter.of(query).found(owner).filter(exported)
