"""Which alarms of backups stand, in the words of whoever reads them. Bound to the catalog."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.models import Alarm
from backups.alarming.kinds import AlarmKind
from backups.models import Pulse
from backups.sentences import facts_of, sentence, told
from interface.words import END_OF_ISOLATE, ISOLATE
from tenants.binding import CATALOG
from tenants.models import Tenant

KEYS = (AlarmKind.KEYS, AlarmKind.ESCROW)
# Of the whole platform, and with a page of their own on the operator site.
PAGES = {AlarmKind.UNCLAIMED: "backups:unclaimed"}


@dataclass(frozen=True)
class Standing:
    """`whose`: a customer's name, "" for the platform. `is_english`: `says` can't be said in the reader's language."""

    kind: AlarmKind
    whose: str
    says: str
    tenant: UUID | None = None
    is_of_catalog: bool = False
    is_english: bool = True

    @property
    def title(self) -> str:
        """Whose name may be written the other way than the words."""
        about = str(self.kind.label)
        return f"{ISOLATE}{self.whose}{END_OF_ISOLATE}: {about}" if self.whose else about

    @property
    def url(self) -> str:
        """The operators' page that shows more of it, for whoever has `permission`."""
        if self.kind in KEYS:
            return reverse("recovery-keys:key-list")
        if self.kind in PAGES:
            return reverse(PAGES[self.kind])
        if self.tenant:
            return reverse("backups:tenant-detail", args=[self.tenant])
        return reverse("backups:catalog-detail" if self.is_of_catalog else "backups:fleet")

    @property
    def permission(self) -> str:
        return "platform.key:view" if self.kind in KEYS else "platform.backup:view"


def ours() -> QuerySet[Alarm]:
    return Alarm.objects.filter(kind__in=AlarmKind.values)


def standing(most: int) -> list[Standing]:
    """The oldest first, and before all others that nothing plans: by its own word, so that no watcher is needed."""
    open_ones = [*ours().filter(closed_at=None).exclude(kind=AlarmKind.SCHEDULER)[:most]]
    return [*_silence(), *_told(open_ones)][:most]


def _told(alarms: list[Alarm]) -> list[Standing]:
    names = names_of(alarms)
    tenants = Tenant.objects.in_bulk({each.database for each in alarms}, field_name="schema_name")
    return [_standing(each, names[each.database], tenants.get(each.database)) for each in alarms]


def _standing(alarm: Alarm, whose: str, tenant: Tenant | None) -> Standing:
    here = told(alarm.says, alarm.facts)
    return Standing(
        AlarmKind(alarm.kind),
        whose,
        here,
        tenant.pk if tenant else None,
        alarm.database == CATALOG.alias,
        is_english=here == alarm.says,
    )


def _silence() -> list[Standing]:
    planner = Pulse.objects.planner()
    if planner is None or not planner.is_silent:
        return []
    says = silence_since(planner)
    here = told(says, facts_of(says))
    return [Standing(AlarmKind.SCHEDULER, "", here, is_english=here == says)]


def silence_since(planner: Pulse) -> str:
    return sentence(
        gettext_noop(
            "Nothing has been planned since %(since)s UTC: is beat running, and the worker default?"
        ),
        since=f"{planner.at:%Y-%m-%d %H:%M}",
    )


def names_of(alarms: list[Alarm]) -> dict[str, str]:
    """How a customer, the catalog or the platform is called, by what stands in `database`."""
    databases = {each.database for each in alarms}
    tenants = Tenant.objects.filter(schema_name__in=databases).values_list("schema_name", "name")
    known = dict.fromkeys(databases, "") | {CATALOG.alias: _("The catalog")}
    return known | dict(tenants)
