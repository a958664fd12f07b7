"""Every chain's anchors in the storage, compared with ours: where they contradict, an alarm stands until they agree."""

import logging
from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.db.models.fields.json import KT
from django.utils.translation import gettext_noop

from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from backups.exceptions import StorageAway
from backups.keeping.anchors import check_anchors
from backups.models import Backup
from backups.owners import in_a_sentence
from backups.sentences import sentence
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

logger = logging.getLogger(__name__)
ONE = gettext_noop(
    "The activity log of %(name)s and its anchors in the backup storage don't agree. %(fault)s"
)
SEVERAL = gettext_noop(
    "The activity log of %(name)s and its anchors in the backup storage don't agree. %(fault)s And %(more)s more."
)
Chains = dict[str, datetime]  # each with the moment of its newest copy


def compare_all_anchors() -> None:
    """Of each customer that has a database, and of the catalog; unbound. While the storage is away, nothing is told."""
    for tenant, chains in _whose():
        try:
            faults = [fault for chain, at in chains.items() for fault in _faults_of(chain, at)]
        except StorageAway as trouble:
            logger.error("The anchors in the storage can't be compared: %s", trouble)
            return
        if faults:
            raise_alarm(AlarmKind.ANCHORS, tenant, _in_words(tenant, faults))
        else:
            end_alarm(AlarmKind.ANCHORS, tenant)


def _faults_of(chain: str, at: datetime) -> list[str]:
    faults = check_anchors(chain, at).faults
    for fault in faults:
        logger.error("Anchors of %s: %s", chain, fault)
    return faults


def _in_words(tenant: Tenant | None, faults: list[str]) -> str:
    said = {"name": in_a_sentence(tenant), "fault": faults[0]}
    return sentence(SEVERAL, **said, more=len(faults) - 1) if len(faults) > 1 else sentence(ONE, **said)


def _whose() -> list[tuple[Tenant | None, Chains]]:
    """A log that was begun anew has a chain for each of its beginnings, as long as a copy of it is kept."""
    found: dict[UUID | None, Chains] = defaultdict(dict)
    with bound_to(CATALOG):
        copies = Backup.objects.stored().order_by().values_list("tenant", KT("manifest__chain"))
        for tenant, chain, at in copies.annotate(at=Max("snapshot_at")):
            if chain:
                found[tenant][chain] = at
        tenants = {each.pk: each for each in Tenant.objects.with_database().filter(pk__in=found)}
    whose: list[tuple[Tenant | None, Chains]] = [(each, found[pk]) for pk, each in tenants.items()]
    return [*whose, *([(None, found[None])] if None in found else [])]
