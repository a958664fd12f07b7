"""Which copy is taken next, and by whom: one worker each, and never more at a time than server and storage bear."""

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, F, Value, When
from django.db.models.functions import Coalesce

from backups.models import Backup, Tier
from backups.models.copies import BackupQuerySet
from backups.scheduling.alone import alone_with
from tenants.binding import CATALOG, bound_to
from tenants.models import Server

ASKED_FOR = (Tier.MANUAL, Tier.SAFETY)


def claim() -> Backup | None:
    """The next copy, now in our hands; None where there is none, or enough are being taken. Unbound."""
    with bound_to(CATALOG), transaction.atomic():
        alone_with("claiming a backup")  # who counted what is running must not be overtaken before it claims
        busy = _busy_servers()
        if sum(busy.values()) >= settings.AMANA_BACKUPS_AT_ONCE:
            return None
        full = [server for server, copies in busy.items() if copies >= settings.AMANA_BACKUPS_PER_SERVER]
        backup: Backup | None = _in_order(full).take()
        return backup


def _busy_servers() -> dict[int, int]:
    """How many copies are being taken from each; the catalog is on the server that has no host."""
    running = Backup.objects.running().annotate(server=_server()).order_by()
    return dict(running.values_list("server").annotate(copies=Count("pk")))


def _in_order(full: list[int]) -> BackupQuerySet:
    first = Case(When(tier__in=ASKED_FOR, then=Value(0)), default=Value(1))
    waiting = Backup.objects.select_related("tenant__server").annotate(server=_server())
    ordered: BackupQuerySet = waiting.exclude(server__in=full).order_by(first, "due", "id")
    return ordered


def _server() -> Coalesce:
    own = Server.objects.filter(host="").order_by("pk").values("pk")[:1]
    return Coalesce(F("tenant__server"), own)
