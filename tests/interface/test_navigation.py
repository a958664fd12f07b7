"""The navigation: what the apps put into it, where one is, and whether this browser shows names or icons only."""

import re

import pytest
from django.test import Client

from accounts.models import User
from business.contacts.models import Contact
from interface import navigation
from interface.context import RAIL_COOKIE
from interface.navigation import WORKSPACE, Entry, Group, add_entries
from tenants.binding import bound_to
from tenants.models import Tenant


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test adds is gone after it."""
    monkeypatch.setattr(navigation, "_entries", [*navigation._entries])


def entry(**values: object) -> Entry:
    given = {"group": WORKSPACE, "label": "Ledger", "url_name": "jobs:job-list", "icon": "list"}
    return Entry(**{**given, "surface": "tenant", **values})  # type: ignore[arg-type]


# What is looked after with people, roles, the log and backups is tested with its pages.
ELSEWHERE = ("Administration", "Oversight", "Backups")
ADMINISTRATION = {str(each.label) for each in navigation._entries if str(each.group.label) in ELSEWHERE}


def linked(client: Client, path: str) -> list[tuple[str, str]]:
    """Names in the navigation, in their order, each with what aria-current says of it; but for administration's."""
    page = client.get(path).content.decode()
    nav = page[page.index('<nav class="sidenav"') : page.index("</nav>")]
    links = re.findall(
        r'<a class="nav-link" href="[^"]*"\s*(?:aria-current="(\w+)")?.*?nav-name">(.*?)<', nav, re.DOTALL
    )
    return [(name, current) for current, name in links if name not in ADMINISTRATION]


def test_each_site_has_the_pages_of_its_own(alice_client: Client, oscar_client: Client) -> None:
    assert [name for name, _ in linked(alice_client, "/contacts/")] == ["Contacts", "Jobs"]
    assert [name for name, _ in linked(oscar_client, "/")] == [
        "Tenants",
        "Visits",
        "Recovery of owners",
        "Jobs",
        "What browsers refused",
        "Style guide",
    ]


def test_the_page_that_is_open_is_marked(alice_client: Client, acme: Tenant) -> None:
    with bound_to(acme):
        dora = Contact.objects.create(name="Dora")
    assert linked(alice_client, "/contacts/") == [("Contacts", "page"), ("Jobs", "")]
    assert linked(alice_client, f"/contacts/{dora.pk}/") == [("Contacts", "true"), ("Jobs", "")]
    assert linked(alice_client, "/jobs/") == [("Contacts", ""), ("Jobs", "page")]
    assert linked(alice_client, "/preferences/") == [("Contacts", ""), ("Jobs", "")]


def test_an_entry_at_the_start_is_not_taken_for_every_page(oscar_client: Client) -> None:
    marks = dict(linked(oscar_client, "/styleguide/foundations/"))
    assert (marks["Tenants"], marks["Style guide"]) == ("", "true")
    assert dict(linked(oscar_client, "/tenants/new/"))["Tenants"] == "true"


@pytest.mark.usefixtures("entries")
def test_an_entry_is_shown_to_whom_it_may_be_shown_and_to_nobody_else(
    alice_client: Client, mallory_client: Client, alice: User
) -> None:
    add_entries(entry(may=lambda user: user.pk == alice.pk))
    assert ("Ledger", "") in linked(alice_client, "/contacts/")
    assert "Ledger" not in [name for name, _ in linked(mallory_client, "/contacts/")]
    assert "Ledger" in alice_client.get("/palette/?q=ledger").content.decode()
    assert 'palette-option"' not in mallory_client.get("/palette/").content.decode().partition("Ledger")[2]


@pytest.mark.usefixtures("entries")
def test_groups_stand_in_their_order_and_entries_in_theirs(alice_client: Client) -> None:
    add_entries(
        entry(label="Last", group=Group("Attic", 99)),
        entry(label="Second", group=WORKSPACE, order=7),
        entry(label="First", group=Group("Cellar", 1)),
    )
    names = [name for name, _ in linked(alice_client, "/contacts/")]
    assert names == ["First", "Contacts", "Jobs", "Second", "Last"]


@pytest.mark.usefixtures("entries")
def test_a_key_that_leads_elsewhere_is_refused() -> None:
    before = [*navigation._entries]
    with pytest.raises(ValueError, match="g c leads elsewhere already"):
        add_entries(entry(key="c"))
    assert navigation._entries == before
    add_entries(entry(key="c", surface="operator"))


def test_icons_only_is_remembered_by_the_browser(alice_client: Client) -> None:
    assert '<body class="shell">' in alice_client.get("/contacts/").content.decode()

    answer = alice_client.post("/navigation/", {"show": "rail", "next": "/jobs/"})

    assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
    assert answer.cookies[RAIL_COOKIE]["httponly"]
    assert '<body class="shell rail">' in alice_client.get("/contacts/").content.decode()
    alice_client.post("/navigation/", {"show": "all", "next": "/jobs/"})
    assert '<body class="shell">' in alice_client.get("/contacts/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_it_leads_to_no_other_site(alice_client: Client, elsewhere: str) -> None:
    assert alice_client.post("/navigation/", {"show": "rail", "next": elsewhere})["Location"] == "/"


@pytest.mark.parametrize("path", ["/search/", "/palette/", "/navigation/", "/preferences/", "/theme/"])
def test_a_stranger_is_asked_to_sign_in_first(acme_client: Client, path: str) -> None:
    answer = acme_client.post(path) if path in {"/navigation/", "/theme/"} else acme_client.get(path)
    assert answer["Location"] == f"/sign-in/?next={path}"
    assert RAIL_COOKIE not in answer.cookies


def test_the_operators_site_looks_like_no_customers(alice_client: Client, oscar_client: Client) -> None:
    ours, theirs = oscar_client.get("/").content.decode(), alice_client.get("/contacts/").content.decode()
    assert '<body class="shell operator">' in ours
    assert "site badge" in ours
    assert "operator" not in theirs
    assert "<bdi>Acme</bdi>" in theirs


def test_the_environment_is_told_except_in_production(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Demo data" in alice_client.get("/contacts/").content.decode()
    monkeypatch.setattr("config.environment.Environment.is_production", True)
    assert "Demo data" not in alice_client.get("/contacts/").content.decode()
