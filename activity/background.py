from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from activity.exporting import write_events
from activity.filters import LogFilter
from audit.recording import record
from jobs.kinds import Kind, does
from jobs.progress import Progress

EXPORT = Kind(
    name="activity.export",
    title=_("Export the activity log"),
    outcome=_("Entries in the file: %(entries)s."),
    queue="files",
    time_limit=timedelta(hours=1),
    permission="audit.activity:export",
)


@does(EXPORT)
def export_activity(progress: Progress, query: dict[str, str], form: str, language: str) -> dict[str, int]:
    """What the log shows under that filter, as a file."""
    progress.step("Write the file")
    written = 0
    with override(language), progress.file(f"activity.{form}") as stream:
        for written in write_events(form, LogFilter.of(query).only, stream):
            progress.at(written)
    record("activity.exported", number=written)
    return {"entries": written}
