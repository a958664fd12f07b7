"""What the catalog knows about all tenants, and about one."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from interface.tabs import Tab as ChosenTab
from tenants.models import Operation, Tenant, TenantState
from tenants.origins import site_url
from tenants.templating import template_in_force

ORDER = (
    TenantState.ACTIVE,
    TenantState.SUSPENDED,
    TenantState.LEAVING,
    TenantState.PROVISIONING,
    TenantState.CLOSING,
    TenantState.CLOSED,
)

# A tenant closed before it was set up keeps an operation that failed; only what belongs to its state is unfinished.
UNFINISHED = ~Q(state=Operation.State.DONE) & (
    Q(kind=Operation.Kind.PROVISION, tenant__state=TenantState.PROVISIONING)
    | Q(kind=Operation.Kind.CLOSE, tenant__state=TenantState.CLOSING)
)
STUCK = Exists(Operation.objects.filter(UNFINISHED, tenant=OuterRef("pk"), state=Operation.State.FAILED))


@dataclass(frozen=True)
class Tab:
    """A state that the list can be narrowed to. An empty `value` stands for all that aren't closed."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Overview:
    tabs: list[Tab]
    size_bytes: int

    @property
    def present(self) -> int:
        """How many tenants there are, not counting the closed."""
        return self.tabs[0].count

    def tabs_to_choose(self, state: str, q: str) -> list[ChosenTab]:
        """Those with anybody in them, and the present one; a search goes along."""
        return [
            ChosenTab(tab.label, _address(state=tab.value, q=q), tab.count, tab.value == state)
            for tab in self.tabs
            if tab.count or tab.value in ("", state)
        ]


def _address(**asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("console:tenant-list") + (f"?{query}" if query else "")


def overview() -> Overview:
    counts = dict(Tenant.objects.order_by().values_list("state").annotate(Count("pk")))
    present = sum(counts.values()) - counts.get(TenantState.CLOSED, 0)
    states = [Tab(state.value, str(state.label), counts.get(state.value, 0)) for state in ORDER]
    size = Tenant.objects.with_database().aggregate(size=Sum("size_bytes"))["size"] or 0
    return Overview([Tab("", _("All"), present), *states], size)


def hosts_of(tenant: Tenant) -> list[tuple[str, str]]:
    """Each host name with its address, the one we gave first."""
    names = tenant.domains.order_by("-is_primary", "domain").values_list("domain", flat=True)
    return [(name, site_url(name)) for name in names]


def schema_of(tenant: Tenant) -> str:
    """Whether the tenant's tables are those of this code, in a word: none, unknown, behind or current."""
    this = Tenant.objects.filter(pk=tenant.pk)
    if not this.with_database().exists():
        return "none"
    template = template_in_force()
    if template is None:
        return "unknown"
    return "behind" if this.behind(template.fingerprint).exists() else "current"


def unfinished_operation(tenant: Tenant) -> Operation | None:
    """The setting up or closing that `tenant` waits for, if any."""
    return tenant.operations.filter(UNFINISHED).first()
