"""Which alarms of backups stand, in the words of whoever reads them. Bound to the catalog."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.models import Alarm
from backups.alarming.kinds import AlarmKind
from backups.models import Pulse
from backups.sentences import facts_of, sentence, told
from tenants.binding import CATALOG
from tenants.models import Tenant

# On the operator site, for whoever may see copies.
PAGES = {AlarmKind.UNCLAIMED: "backups:unclaimed"}


@dataclass(frozen=True)
class Standing:
    """`whose`: a customer's name, "" for the platform. `is_english`: `says` can't be said in the reader's language."""

    kind: AlarmKind
    whose: str
    says: str
    is_english: bool = True

    @property
    def url(self) -> str:
        """Of the page that tells more than the alarm may; "" where its own words lead on."""
        return reverse(PAGES[self.kind]) if self.kind in PAGES else ""


def ours() -> QuerySet[Alarm]:
    return Alarm.objects.filter(kind__in=AlarmKind.values)


def standing(most: int) -> list[Standing]:
    """The oldest first, and before all others that nothing plans: by its own word, so that no watcher is needed."""
    open_ones = [*ours().filter(closed_at=None).exclude(kind=AlarmKind.SCHEDULER)[:most]]
    names = names_of(open_ones)
    found = [_standing(AlarmKind(each.kind), names[each.database], each) for each in open_ones]
    return [*_silence(), *found][:most]


def _silence() -> list[Standing]:
    planner = Pulse.objects.planner()
    if planner is None or not planner.is_silent:
        return []
    says = silence_since(planner)
    here = told(says, facts_of(says))
    return [Standing(AlarmKind.SCHEDULER, "", here, is_english=here == says)]


def _standing(kind: AlarmKind, whose: str, alarm: Alarm) -> Standing:
    here = told(alarm.says, alarm.facts)
    return Standing(kind, whose, here, is_english=here == alarm.says)


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
