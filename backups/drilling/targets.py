"""How long it took, and how much would have been lost, against what was promised."""

from django.conf import settings
from django.utils.translation import gettext_noop

from backups.drilling.work import Found, Work
from backups.exceptions import StepFailed
from backups.models import Backup
from backups.sentences import sentence
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog

IN_TIME = gettext_noop("It took %(rto)s seconds. The newest copy is %(rpo)s seconds old.")
LATE = gettext_noop(
    "It took %(rto)s seconds. The newest copy is %(rpo)s seconds old; that is more than promised."
)


def meet_targets(work: Work) -> Found:
    """RTO: from the first byte fetched to the application's answer. RPO: the age of the tenant's newest good copy.

    An old newest copy is the schedule's failure and not this one's: it is said, and alarmed about elsewhere.
    """
    rto, rpo = recovery_time(work), recovery_point(work)
    with bound_to(CATALOG):
        work.drill.write(rto_seconds=rto, rpo_seconds=rpo)
    details = {
        "rto_seconds": rto,
        "rto_target_seconds": settings.AMANA_RTO_SECONDS,
        "rpo_seconds": rpo,
        "rpo_target_seconds": settings.AMANA_RPO_SECONDS,
    }
    if rto > settings.AMANA_RTO_SECONDS:
        raise StepFailed(
            sentence(
                gettext_noop("It took %(seconds)s seconds, and %(promised)s were promised."),
                seconds=round(rto),
                promised=round(settings.AMANA_RTO_SECONDS),
            ),
            **details,
        )
    return Found(
        sentence(LATE if rpo > settings.AMANA_RPO_SECONDS else IN_TIME, rto=f"{rto:.1f}", rpo=round(rpo)),
        details,
    )


def recovery_time(work: Work) -> float:
    if work.began is None or work.answered is None:
        raise StepFailed(
            sentence(gettext_noop("The application hasn't answered: there is no time to compare."))
        )
    return round(work.answered - work.began, 3)


def recovery_point(work: Work) -> float:
    """Seconds, when this drill began; what was taken since doesn't make it better."""
    with bound_to(CATALOG):
        copies = Backup.objects.good().filter(tenant=work.drill.tenant_id)
        newest = copies.order_by("-snapshot_at").values_list("snapshot_at", flat=True).first()
    begun = work.drill.started_at or time_of_catalog()
    at = newest or work.backup.snapshot_at or begun
    return round(max((begun - at).total_seconds(), 0.0), 3)
