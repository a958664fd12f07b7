"""The operator site by role: who may ask for what, on every page of the console; a refusal changes nothing."""

import pytest
from django.conf import settings
from django.urls import reverse

from access.declaring import Door
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.access.cases import AT_OPERATORS
from tests.access.fingerprints import fingerprint
from tests.access.pages import OPERATOR, Page, pages_of
from tests.support import fleet

LOOKING = {
    "console:tenant-list",
    "console:tenant-detail",
    "console:operation-detail",
    "console:operation-progress",
}
VISITS = {"visits:visit-list", "visits:visit-detail"}
ASKING = {"visits:visit-create", "visits:visit-ticket", "visits:visit-withdraw"}
RECOVERIES = {"recoveries:recovery-list", "recoveries:recovery-detail"}
MAY = {
    "operator": LOOKING
    | {
        "console:tenant-create",
        "console:tenant-suspend",
        "console:tenant-resume",
        "console:tenant-leave",
        "console:tenant-language",
        "console:tenant-close",
        "console:operation-retry",
    },
    "recovery_operator": LOOKING
    | RECOVERIES
    | {"recoveries:recovery-create", "recoveries:recovery-approve", "recoveries:recovery-cancel"},
    "recovery_approver": LOOKING,
    "support_engineer": LOOKING | VISITS | ASKING,
    "platform_auditor": LOOKING | VISITS | RECOVERIES | {"interface:violation-list"},
}
OURS = ("console", "visits", "recoveries", "interface")
PAGES = [
    page
    for page in pages_of(OPERATOR)
    if page.name.partition(":")[0] in OURS and page.said and page.said.door is Door.PERMISSION
]


def test_the_tables_name_pages_that_are_there() -> None:
    assert set().union(*MAY.values()) <= {page.name for page in PAGES}
    assert len(PAGES) >= 23


@pytest.mark.parametrize("role", MAY)
def test_each_role_opens_its_own_pages_and_no_others(role: str, acme: Tenant, catalog: None) -> None:
    with bound_to(CATALOG):
        vera = fleet.add_user("vera@amana.example", "Vera", role)
        held = {page.name for page in PAGES if page.said and vera.has_perm(page.said.code)}

    assert held == MAY[role]


REFUSED = [(role, page) for role in MAY for page in PAGES if page.name not in MAY[role]]


@pytest.mark.sampled
@pytest.mark.parametrize(("role", "page"), REFUSED, ids=str)
def test_what_isnt_theirs_is_refused_and_nothing_is_changed(
    role: str, page: Page, acme: Tenant, catalog: None
) -> None:
    client = fleet.client_of(settings.AMANA_OPERATOR_HOST)
    with bound_to(CATALOG):
        fleet.let_in(client, fleet.add_user("vera@amana.example", "Vera", role))
    case = AT_OPERATORS[page.name](CATALOG)
    arguments = {name: case.arguments[name] for name in page.arguments}
    path = reverse(page.name, urlconf=OPERATOR, kwargs=arguments)
    before = fingerprint(CATALOG)

    assert [client.get(path).status_code, client.post(path, case.data or {}).status_code] == [403, 403]

    assert fingerprint(CATALOG) == before


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("operator", {"console:tenant-list"}),
        ("recovery_operator", {"console:tenant-list", "recoveries:recovery-list"}),
        ("support_engineer", {"console:tenant-list", "visits:visit-list"}),
        (
            "platform_auditor",
            {
                "console:tenant-list",
                "recoveries:recovery-list",
                "visits:visit-list",
                "interface:violation-list",
            },
        ),
    ],
)
def test_the_navigation_shows_what_they_may_open(
    role: str, shown: set[str], acme: Tenant, catalog: None
) -> None:
    client = fleet.client_of(settings.AMANA_OPERATOR_HOST)
    with bound_to(CATALOG):
        fleet.let_in(client, fleet.add_user("vera@amana.example", "Vera", role))

    page = client.get("/")

    groups = page.context["shell"].navigation
    names = {link.entry.url_name for links in groups.values() for link in links}
    assert {
        name for name in names if name.partition(":")[0] in OURS and name != "interface:styleguide"
    } == shown


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("operator", set()),
        ("recovery_operator", {"recovery"}),
        ("support_engineer", {"visit"}),
        ("platform_auditor", set()),
    ],
)
def test_a_customers_page_offers_what_they_may_ask(
    role: str, offered: set[str], acme: Tenant, catalog: None
) -> None:
    client = fleet.client_of(settings.AMANA_OPERATOR_HOST)
    with bound_to(CATALOG):
        fleet.let_in(client, fleet.add_user("vera@amana.example", "Vera", role))

    page = client.get(f"/tenants/{acme.pk}/").content.decode()

    assert {verb for verb in ("visit", "recovery") if f"/tenants/{acme.pk}/{verb}/" in page} == offered
