"""The log as a page: who did what, in words, to whom it may be told."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from activity import pages, views
from audit import reading
from audit.context import acting
from audit.reading import read
from audit.recording import record
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.activity.conftest import words
from tests.support.fleet import PASSWORD


def test_a_change_is_told_with_who_did_it_and_what_changed(
    acme: Tenant, alice: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme), acting(f"user:{alice.pk}", ip="203.0.113.7", reason="A call"):
        dora.phone, dora.city = "1", "York"
        dora.update(by=alice, seen=dora.version)

    page = words(alice_client.get("/activity/").content)

    assert "Alice changed the contact Dora: City, Phone" in page
    assert "Alice added the contact Dora" in page
    assert "203.0.113.7" in page
    assert "A call" in page


def test_what_was_filled_in_stands_apart_from_the_words_around_it(
    alice_client: Client, dora: Contact
) -> None:
    page = alice_client.get("/activity/").content.decode()

    assert "<bdi>Alice</bdi> added the contact <bdi>Dora</bdi>" in page


def test_masked_values_are_said_not_to_be_kept_and_kept_ones_stand_side_by_side(
    acme: Tenant, alice: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme), acting(f"user:{alice.pk}"):
        dora.city, dora.kind = "York", "company"
        dora.update(by=alice, seen=dora.version)

    page = alice_client.get("/activity/?what=update").content.decode()

    assert '<th scope="row">City</th>' in page
    assert "Changed; what it says isn&#x27;t kept here" in page
    assert "<del>Person</del>" in page
    assert "<ins>Company</ins>" in page
    for secret in ("Leeds", "York"):
        assert secret not in page


def test_security_events_have_the_name_of_who_acted_and_an_outcome(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    with bound_to(acme), acting(f"user:{alice.pk}"):
        record("contacts.exported", contacts=3)
        record("accounts.signed_in", "refused", subject="accounts_user", object_id=alice.pk, name="Alice")

    page = words(alice_client.get("/activity/").content)

    assert "Alice exported contacts: 3 of them" in page
    assert "Alice was refused at sign-in" in page
    assert "Refused" in page


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("anonymous", "Somebody unknown"),
        ("system:jobs.sweep", "The system (jobs.sweep)"),
        ("command:whois", "The command whois"),
        (f"operator:{uuid4()}", "An operator of Amana"),
        (f"user:{uuid4()}", "Somebody who is gone"),
        ("user:nobody", "Somebody who is gone"),
    ],
)
def test_whoever_is_no_person_here_has_a_name_too(
    acme: Tenant, alice_client: Client, actor: str, name: str
) -> None:
    with bound_to(acme), acting(actor):
        record("contacts.exported", contacts=3)

    assert f"{name} exported contacts: 3 of them" in words(alice_client.get("/activity/").content)


def test_a_record_that_may_not_be_seen_has_no_name(
    acme: Tenant, victor_client: Client, dora: Contact
) -> None:
    page = words(victor_client.get("/activity/").content)

    assert f"Alice added the contact #{str(dora.pk)[-6:]}" in page
    assert "Dora" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?who=user:{alice}", {"one"}),
        ("?who=system", {"two"}),
        ("?who=command", {"three"}),
        ("?who=operator", {"four"}),
        ("?who=anonymous", {"five"}),
        ("?what=accounts.signed_out", {"one", "two", "three", "four", "five"}),
        ("?what=accounts.signed_out&outcome=refused", set()),
        ("?what=changes&table=contacts_contact", set()),
        ("?what=events&table=accounts_role", {"two"}),
        ("?record={alice}", {"one"}),
        ("?record={alice}&table=accounts_role", set()),
        ("?what=events&when=day", {"one", "two", "three", "four", "five"}),
        ("?what=events&from=2020-01-01&until=2020-01-02", set()),
        ("?what=events&from=2999-01-01", set()),
    ],
)
def test_it_is_narrowed_by_its_address(
    acme: Tenant, alice: User, alice_client: Client, query: str, found: set[str]
) -> None:
    with bound_to(acme):
        before = read(1)[0].id
        cast = {
            "one": (f"user:{alice.pk}", "accounts_user", str(alice.pk)),
            "two": ("system:x", "accounts_role", "9"),
            "three": ("command:x", "accounts_user", "9"),
            "four": (f"operator:{uuid4()}", "accounts_user", "9"),
            "five": ("anonymous", "accounts_user", "9"),
        }
        for name, (actor, table, key) in cast.items():
            with acting(actor):
                record("accounts.signed_out", subject=table, object_id=key, name=name)

    answer = alice_client.get("/activity/" + query.format(alice=alice.pk))

    shown = {line.event.details.get("name") for line in answer.context["lines"] if line.event.id > before}
    assert answer.status_code == 200
    assert shown == found


def test_by_a_field_of_a_kind_of_record(
    acme: Tenant, alice: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme), acting(f"user:{alice.pk}"):
        Contact.objects.filter(pk=dora.pk).update(city="York")
        Contact.objects.filter(pk=dora.pk).update(kind="company")

    answer = alice_client.get("/activity/?field=contacts_contact.city&what=update")

    assert [line.event.fields for line in answer.context["lines"]] == [["city"]]
    assert "Contact: City" in words(answer.content)


@pytest.mark.parametrize(
    "query",
    [
        "?who=user:1'--",
        "?table=pg_authid",
        "?field=x.y",
        "?from=32.13.",
        "?after=x",
        "?before=-1",
        "?after=%00",
    ],
)
def test_what_makes_no_sense_counts_as_not_asked(alice_client: Client, dora: Contact, query: str) -> None:
    answer = alice_client.get(f"/activity/{query}")

    assert answer.status_code == 200
    assert "Alice added the contact Dora" in words(answer.content)


def test_each_chip_leads_to_the_log_without_it(alice_client: Client, alice: User) -> None:
    page = alice_client.get(f"/activity/?who=user:{alice.pk}&outcome=done").content.decode()

    assert 'href="?outcome=done"' in page
    assert '<bdi class="chip-value">Alice</bdi>' in page


def test_it_goes_on_from_an_event_both_ways(
    acme: Tenant, alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages.page_of, "__defaults__", (2,))
    with bound_to(acme):
        for name in "abcde":
            record("accounts.signed_out", name=name)
    log = "/activity/?what=accounts.signed_out"

    def names(query: str) -> list[str]:
        return [str(line.event.details["name"]) for line in alice_client.get(log + query).context["lines"]]

    with bound_to(acme):
        ids = {event.details["name"]: event.id for event in read(5, action="accounts.signed_out")}
    assert names("") == ["e", "d"]
    assert names(f"&after={ids['d']}") == ["c", "b"]
    assert names(f"&after={ids['b']}") == ["a"]
    assert names(f"&before={ids['b']}") == ["d", "c"]
    assert names(f"&before={ids['d']}") == ["e", "d"]


def test_it_says_how_far_back_it_goes_and_which_time_it_tells(alice_client: Client, dora: Contact) -> None:
    page = words(alice_client.get("/activity/").content)

    assert "each is kept for 24 months at least" in page
    assert "every time is UTC" in page


def test_no_match_can_be_cleared(alice_client: Client) -> None:
    page = words(alice_client.get("/activity/?from=2999-01-01").content)

    assert "No entry matches" in page
    assert "Clear the filters" in page


def test_a_log_too_long_to_search_says_what_to_do(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SECONDS", 1)
    monkeypatch.setattr(reading, "READ", "SELECT pg_sleep(5)")

    answer = alice_client.get("/activity/?outcome=failed")

    assert answer.status_code == views.TOO_MUCH
    assert "Ask for fewer days, or for one record." in words(answer.content)


def test_what_one_request_did_stands_together(
    acme: Tenant, alice: User, alice_client: Client, dora: Contact
) -> None:
    request = str(uuid4())
    with bound_to(acme), acting(f"user:{alice.pk}", request=request):
        dora.archive(by=alice)
        record("contacts.exported", contacts=1)

    page = words(alice_client.get("/activity/").content)
    together = alice_client.get(f"/activity/requests/{request}/")

    assert "Everything of this request" in page
    assert [line.event.action for line in together.context["lines"]] == ["contacts.exported", "update"]
    assert alice_client.get(f"/activity/requests/{uuid4()}/").status_code == 404


@pytest.mark.parametrize("path", ["/activity/", f"/activity/requests/{uuid4()}/"])
def test_nobody_reads_it_without_the_permission(
    bob_client: Client, carol_client: Client, acme_client: Client, path: str
) -> None:
    assert bob_client.get(path).status_code == 403
    assert carol_client.get(path).status_code == 403
    assert acme_client.get(path).status_code == 302


def test_only_who_may_read_it_is_led_there(alice_client: Client, bob_client: Client) -> None:
    assert 'href="/activity/"' in alice_client.get("/contacts/").content.decode()
    assert 'href="/activity/"' not in bob_client.get("/contacts/").content.decode()


def test_mallory_finds_nothing_of_acmes_in_hers(
    acme: Tenant, globex: Tenant, alice: User, mallory_client: Client, dora: Contact
) -> None:
    request = str(uuid4())
    with bound_to(acme), acting(f"user:{alice.pk}", request=request):
        record("contacts.exported", contacts=77)

    for query in ("", f"?record={dora.pk}", f"?who=user:{alice.pk}", "?what=contacts.exported"):
        page = mallory_client.get(f"/activity/{query}").content.decode()
        assert "Alice" not in page
        assert "77 of them" not in words(page.encode())
        assert str(dora.pk) not in page.replace(query, "").replace(f'value="{dora.pk}"', "").replace(
            f'<bdi class="chip-value">{dora.pk}</bdi>', ""
        )
    assert mallory_client.get(f"/activity/requests/{request}/").status_code == 404


def test_operators_read_the_platforms_log_and_no_tenants(
    acme: Tenant, alice: User, oscar: User, oscar_client: Client, dora: Contact
) -> None:
    with bound_to(CATALOG), acting(f"operator:{oscar.pk}"):
        record("accounts.signed_out", name="Oscar")

    page = words(oscar_client.get("/activity/").content)

    assert "Oscar signed out" in page
    assert "Dora" not in page
    assert oscar_client.get(f"/activity/records/contacts_contact/{dora.pk}/").status_code == 404
    assert "Operators of Amana" not in page


def test_a_real_sign_in_is_told(acme_client: Client, alice: User, alice_client: Client) -> None:
    acme_client.post("/sign-in/", {"email": "alice@acme.example", "password": "wrong" + PASSWORD})

    assert "Alice was refused at sign-in" in words(alice_client.get("/activity/?outcome=refused").content)


@pytest.mark.parametrize("days", ["until=9999-12-31", "from=9999-12-31", "from=0001-01-01&until=0001-01-01"])
def test_days_at_the_end_of_the_calendar_are_days(alice_client: Client, days: str) -> None:
    assert alice_client.get(f"/activity/?{days}").status_code == 200


def test_operators_read_that_somebody_of_a_customer_did_it_and_not_who(
    alice: User, oscar: User, oscar_client: Client
) -> None:
    with bound_to(CATALOG), acting(f"user:{alice.pk}"):
        record("accounts.signed_out", subject="accounts_user", object_id=oscar.pk, name="Oscar")

    page = words(oscar_client.get("/activity/").content)

    assert "Somebody of a customer" in page
    assert "Somebody who is gone" not in page
    assert "Alice" not in page
