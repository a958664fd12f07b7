from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from access.asking import holders
from accounts.people.exporting import write_people
from accounts.people.filters import PeopleFilter
from audit.recording import record
from jobs.kinds import Kind, does
from jobs.progress import Progress

EXPORT_PEOPLE = Kind(
    name="accounts.export_people",
    title=_("Export people"),
    outcome=_("People in the file: %(people)s."),
    queue="files",
    time_limit=timedelta(minutes=10),
    permission="accounts.user:export",
    may=holders("accounts.user:export"),
)


@does(EXPORT_PEOPLE)
def export_people(progress: Progress, query: dict[str, str]) -> dict[str, int]:
    """What the list shows under that filter, as a file."""
    progress.step("Count the people")
    found = PeopleFilter.of(query).found()
    total = found.count()
    progress.step("Write the file")
    written = 0
    with progress.file("people.csv") as stream:
        for written in write_people(found, stream):
            progress.at(written, of=max(total, written))
    record("accounts.people_exported", number=written)
    return {"people": written}
