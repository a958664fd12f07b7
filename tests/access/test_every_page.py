"""Who may open which page, tried on every line of the three URL tables, by every method (AR-019).

Nobody is believed for a status: a refusal leaves the whole database as it was, a success another row.
"""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from access.declaring import Door
from access.registry import codes
from accounts.granting import Terms
from tenants.binding import CATALOG, Bindable
from tenants.models import Tenant
from tests.access.cases import AT_OPERATORS, AT_TENANT
from tests.access.cases_people import Make
from tests.access.fingerprints import fingerprint
from tests.access.pages import OPERATOR, PUBLIC, TENANT, Case, Page, pages_of
from tests.access.people import QUICK, REFUSED, STRANGERS, everything_role, person, visiting

METHODS = ("get", "post", "put", "patch", "delete")
CASES: dict[str, dict[str, Make]] = {TENANT: AT_TENANT, OPERATOR: AT_OPERATORS}
EVERY = [page for urlconf in (TENANT, OPERATOR, PUBLIC) for page in pages_of(urlconf)]


def behind(*doors: Door) -> list[Page]:
    return [page for page in EVERY if page.said and page.said.door in doors]


def at(page: Page) -> str:
    return f"{'operator' if page.urlconf == OPERATOR else 'tenant'}: {page.name}"


@pytest.fixture
def place(request: pytest.FixtureRequest, acme: Tenant, catalog: None) -> Bindable:
    return CATALOG if request.getfixturevalue("page").urlconf == OPERATOR else acme


@pytest.fixture
def host(page: Page, acme: Tenant) -> str:
    return settings.AMANA_OPERATOR_HOST if page.urlconf == OPERATOR else acme.primary_host


@pytest.fixture
def case(page: Page, place: Bindable) -> Case:
    cases = CASES[page.urlconf]
    make = cases.get(page.name) or (page.said and cases.get(f"{page.name} {page.said.code}"))
    assert make, f"{at(page)} isn't tried: add a case for it to tests/access/cases.py."
    return make(place)


def path(page: Page, case: Case) -> str:
    return reverse(page.name, page.urlconf, kwargs={name: case.arguments[name] for name in page.arguments})


def ask(client: Client, method: str, page: Page, case: Case) -> int:
    data = case.data if method == "post" else None
    answer = getattr(client, method)(path(page, case), data or {})
    if answer.streaming:
        b"".join(answer)  # a file that nobody reads to its end stays open
    return int(answer.status_code)


@pytest.mark.parametrize("page", EVERY, ids=at)
def test_every_page_says_who_may_open_it(page: Page) -> None:
    assert page.said is not None, f"{at(page)} doesn't say who may open it."


def test_every_permission_is_asked_for_somewhere() -> None:
    asked = {page.said.code for page in EVERY if page.said}
    implied = {"contacts.contact:view_pii"}  # a mask, not a page
    assert codes("tenant") | codes("operator") - implied <= asked | implied


def test_no_page_asks_for_a_permission_that_its_site_does_not_have() -> None:
    for page in behind(Door.PERMISSION):
        assert page.said is not None
        assert page.said.code in codes("operator" if page.urlconf == OPERATOR else "tenant"), at(page)


def test_every_case_is_of_a_page() -> None:
    for urlconf, cases in CASES.items():
        assert {name.partition(" ")[0] for name in cases} <= {page.name for page in pages_of(urlconf)}


@pytest.mark.parametrize(
    "who", [pytest.param(who, marks=() if who in QUICK else pytest.mark.slow) for who in REFUSED]
)
@pytest.mark.parametrize("page", behind(Door.PERMISSION), ids=at)
def test_who_may_not_is_refused_and_changes_nothing(
    page: Page, who: str, place: Bindable, host: str, case: Case
) -> None:
    comes, answers = REFUSED[who]
    assert page.said is not None
    client = comes(place, host, page.said.code)
    before = fingerprint(place)
    for method in METHODS:
        assert ask(client, method, page, case) in answers, method
    assert fingerprint(place) == before


@pytest.mark.parametrize("page", behind(Door.PERMISSION), ids=at)
def test_a_session_of_another_customer_is_nobody_s(
    page: Page, place: Bindable, host: str, case: Case, mallory_client: Client
) -> None:
    """Mallory may do everything at Globex."""
    mallory_client.defaults["SERVER_NAME"] = host
    before = fingerprint(place)
    for method in METHODS:
        assert ask(mallory_client, method, page, case) == 302, method
    assert fingerprint(place) == before


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("page", behind(Door.PERSON), ids=at)
def test_a_stranger_is_sent_to_the_door(page: Page, who: str, place: Bindable, host: str) -> None:
    comes, answers = STRANGERS[who]
    client = comes(place, host, "")
    before = fingerprint(place)
    stranger = Case(dict.fromkeys(page.arguments, "00000000-0000-7000-8000-000000000000"))
    for method in METHODS:
        if not page.arguments - {"pk"}:
            assert ask(client, method, page, stranger) in answers, method
    assert fingerprint(place) == before


@pytest.mark.parametrize("page", behind(Door.PERMISSION), ids=at)
def test_who_may_is_let_in_and_what_they_ask_for_is_done(
    page: Page, place: Bindable, host: str, case: Case
) -> None:
    everybody = person(place, "Olga", everything_role(place))
    client = visiting(place, host, everybody)
    status = ask(client, "get", page, case)
    assert status in ({200, 286, 302} if case.data is None else {200, 302, 405})
    before = fingerprint(place)
    status = ask(client, "post", page, case)
    if case.data is None:
        assert status == 405, "It takes a form: say in tests/access/cases.py with which one it succeeds."
        assert fingerprint(place) == before
    else:
        assert status in {200, 302, 303}
        assert (fingerprint(place) != before) == case.changes
    assert [ask(client, method, page, case) for method in METHODS[2:]] == [405, 405, 405]


ABOUT_A_RECORD = [
    page for page in behind(Door.PERMISSION) if page.name.startswith("contacts:") and page.arguments
]


@pytest.mark.parametrize("page", ABOUT_A_RECORD, ids=at)
def test_what_is_out_of_scope_is_not_there(page: Page, place: Bindable, host: str, case: Case) -> None:
    """Olga may do everything with her own records; this one is Alice's."""
    olga = person(place, "Olga", everything_role(place), Terms(scope="own"))
    client = visiting(place, host, olga)
    before = fingerprint(place)
    for method in METHODS[:2]:
        assert ask(client, method, page, case) in {404, 405}, method
    assert fingerprint(place) == before
