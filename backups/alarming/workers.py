"""Which workers have said nothing for too long that nobody would miss before the day on which a restore is needed."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from backups.alarming.kinds import AlarmKind
from backups.models import Pulse
from backups.sentences import sentence

SILENT = gettext_noop("The worker %(name)s has said nothing since %(since)s UTC: is it running?")
KINDS = {Pulse.RESTORE: AlarmKind.RESTORING, Pulse.LENDING: AlarmKind.LENDING}


def silent_workers() -> Iterator[tuple[AlarmKind, str]]:
    """In words, bound to the catalog. While nothing is planned nobody asks them, and nobody could have answered."""
    planner = Pulse.objects.planner()
    if planner is None or planner.is_silent:
        return
    for pulse in Pulse.objects.silent_workers():
        yield KINDS[pulse.name], sentence(SILENT, name=pulse.name, since=f"{pulse.at:%Y-%m-%d %H:%M}")
