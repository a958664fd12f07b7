"""The pages of roles: what they show, what they refuse, and that nobody reaches another tenant's."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from accounts.role_content import codes_of
from accounts.roles.changing import clone_role
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.roles.conftest import ARCHIVE, CREATE, PII, UPDATE, VIEW, Give, GiveNew, MakeRole


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return str(answer.content.decode())


def sent(client: Client, address: str, status: int, **fields: Any) -> str:
    answer = client.post(address, fields)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return str(answer.content.decode())


def row_of(html: str, name: str) -> str:
    """The text of a table's row that begins with that name."""
    [row] = [part for part in html.split("<tr>") if f"<bdi>{name}</bdi></a>" in part]
    return row


def test_the_list_tells_of_each_role_who_has_it_and_what_weighs(
    alice_client: Client, make_role: MakeRole, give: Give, bob: User
) -> None:
    give(bob, make_role("Desk", VIEW))
    html = page(alice_client, "/roles/")
    assert '<bdi dir="auto">1</bdi>' in row_of(html, "Desk") or ">1<" in row_of(html, "Desk")
    assert "Not asked for" in row_of(html, "Desk")
    assert "personal data" in row_of(html, "Order manager")
    assert html.index("Owner") < html.index("Desk")


def test_a_search_finds_roles_by_name(alice_client: Client) -> None:
    html = page(alice_client, "/roles/?q=order man")
    assert "Order manager" in html
    assert "Accountant" not in html
    assert "No role matches" in page(alice_client, "/roles/?q=zzzz")


def test_a_roles_page_shows_what_it_holds_and_who_has_it(
    acme: Tenant, alice_client: Client, bob: User
) -> None:
    with bound_to(acme):
        role = Role.objects.get(code="order_manager")
    html = page(alice_client, f"/roles/{role.pk}/")
    assert "see personal data" in html
    assert "<bdi>Bob</bdi>" in html
    assert f'href="/roles/{role.pk}/copy/"' in html
    assert f'href="/roles/{role.pk}/edit/"' not in html


def test_the_owners_page_says_why_nothing_is_kept_apart(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        role = Role.objects.get(code="owner")
    html = page(alice_client, f"/roles/{role.pk}/")
    assert "also what otherwise two people share" in html
    assert "shouldn&#x27;t be held together" not in html


def test_what_is_better_kept_apart_is_told_in_words_before_its_codes(
    alice_client: Client, make_role: MakeRole
) -> None:
    role = make_role("Desk", "accounts.user:assign_role", "accounts.access_review:decide")
    html = page(alice_client, f"/roles/{role.pk}/")
    labels = "<bdi>People: assign roles</bdi> + <bdi>Access reviews: decide</bdi>"
    assert labels in html
    assert html.index(labels) < html.index("<bdi>accounts.user:assign_role</bdi>")


def test_a_role_is_made_and_begins_empty(acme: Tenant, alice_client: Client) -> None:
    sent(alice_client, "/roles/new/", 302, name="Desk", purpose="Answers the phone")
    with bound_to(acme):
        role = Role.objects.get(name="Desk")
        assert (role.purpose, codes_of(role)) == ("Answers the phone", frozenset())
    html = sent(alice_client, "/roles/new/", 422, name="desk", purpose="")
    assert "Another role has this name." in html


def test_a_copy_tells_what_it_leaves_out(acme: Tenant, carol_client: Client) -> None:
    with bound_to(acme):
        role = Role.objects.get(code="order_manager")
    answer = carol_client.post(f"/roles/{role.pk}/copy/", {"name": "Small", "purpose": ""}, follow=True)
    assert "1 permission that you don&#x27;t have yourself was left out." in answer.content.decode()
    with bound_to(acme):
        assert PII not in codes_of(Role.objects.get(name="Small"))


def test_a_level_chosen_anew_decides(acme: Tenant, alice_client: Client, make_role: MakeRole) -> None:
    role = make_role("Desk", VIEW)
    fields = {"was-contacts.contact": "view", "level-contacts.contact": "work", "code": [VIEW]}
    html = sent(alice_client, f"/roles/{role.pk}/review/", 200, version="1", **fields)
    assert f'name="code" value="{CREATE}"' in html
    assert f'name="code" value="{UPDATE}"' in html


def test_a_level_left_alone_leaves_it_to_the_verbs(alice_client: Client, make_role: MakeRole) -> None:
    role = make_role("Desk", VIEW)
    fields = {"was-contacts.contact": "view", "level-contacts.contact": "view", "code": [VIEW, ARCHIVE]}
    html = sent(alice_client, f"/roles/{role.pk}/review/", 200, version="1", **fields)
    assert f'name="code" value="{ARCHIVE}"' in html
    assert "Review 1 change of" in html


def test_the_editor_narrowed_keeps_what_was_chosen(
    acme: Tenant, alice_client: Client, make_role: MakeRole
) -> None:
    role = make_role("Desk", VIEW)
    html = sent(alice_client, f"/roles/{role.pk}/edit/", 200, version="1", code=[VIEW, CREATE], q="sessions")
    assert f'<input type="hidden" name="code" value="{CREATE}">' in html
    assert "1 change so far" in html
    assert 'name="level-accounts.session"' in html
    assert 'name="level-contacts.contact"' not in html
    with bound_to(acme):
        assert codes_of(role) == {VIEW}


def test_only_what_it_holds_can_be_asked_for_by_address(alice_client: Client, make_role: MakeRole) -> None:
    role = make_role("Desk", VIEW)
    html = page(alice_client, f"/roles/{role.pk}/edit/?granted=1")
    assert 'name="level-contacts.contact"' in html
    assert 'name="level-accounts.session"' not in html


def test_the_review_names_people_and_who_needs_a_second_factor_then(
    acme: Tenant, alice_client: Client, make_role: MakeRole, give: Give
) -> None:
    role = make_role("Desk", VIEW)
    with bound_to(acme):
        dan = User.objects.invite("dan@acme.example", "Dan")
    give(dan, role)
    html = sent(alice_client, f"/roles/{role.pk}/review/", 200, version="1", code=[VIEW, PII])
    asked = html[html.index("From now on it is asked of") :]
    assert "<bdi>Dan</bdi>" in asked
    with bound_to(acme):
        assert codes_of(role) == {VIEW}


def test_of_whom_it_is_asked_anyway_it_is_not_newly_asked(
    alice_client: Client, make_role: MakeRole, give: Give, bob: User
) -> None:
    role = make_role("Desk", VIEW)
    give(bob, role)
    html = sent(alice_client, f"/roles/{role.pk}/review/", 200, version="1", code=[VIEW, PII])
    assert "<bdi>Bob</bdi>" in html
    assert "From now on it is asked of" not in html


def test_the_review_tells_who_needs_no_second_factor_any_more(
    acme: Tenant, alice_client: Client, make_role: MakeRole, give: Give
) -> None:
    role = make_role("Desk", VIEW, PII)
    with bound_to(acme):
        dan = User.objects.invite("dan@acme.example", "Dan")
    give(dan, role)
    html = sent(alice_client, f"/roles/{role.pk}/review/", 200, version="1", code=[VIEW])
    assert "<bdi>Dan</bdi>" in html[html.index("It is asked no longer of") :]


def test_the_review_warns_of_duties_that_two_people_share(alice_client: Client, make_role: MakeRole) -> None:
    role = make_role("Desk", VIEW)
    codes = ["accounts.user:assign_role", "accounts.access_review:decide"]
    html = sent(alice_client, f"/roles/{role.pk}/review/", 200, version="1", code=codes)
    assert "would also decide whether giving them was right" in html
    assert "Roles" in html[html.index("comes along") :]


def test_applied_it_holds_what_was_reviewed(acme: Tenant, alice_client: Client, make_role: MakeRole) -> None:
    role = make_role("Desk", VIEW)
    fields = {"version": "1", "code": [VIEW, CREATE], "reason": "New work"}
    sent(alice_client, f"/roles/{role.pk}/change/", 302, **fields)
    with bound_to(acme):
        assert codes_of(role) == {VIEW, CREATE}
        [event] = [each for each in read(50) if each.action == "accounts.role_changed"]
        assert (event.reason, event.actor) == ("New work", f"user:{role.created_by_id}")


def test_without_a_reason_nothing_is_applied_and_nothing_lost(
    acme: Tenant, alice_client: Client, make_role: MakeRole
) -> None:
    role = make_role("Desk", VIEW)
    html = sent(alice_client, f"/roles/{role.pk}/change/", 422, version="1", code=[VIEW, CREATE], reason=" ")
    assert "Say why" in html
    assert f'name="code" value="{CREATE}"' in html
    with bound_to(acme):
        assert codes_of(role) == {VIEW}


def test_whoever_was_overtaken_sees_both_versions(
    acme: Tenant, alice_client: Client, carol_client: Client, make_role: MakeRole
) -> None:
    role = make_role("Desk", VIEW)
    sent(carol_client, f"/roles/{role.pk}/change/", 302, version="1", code=[VIEW, ARCHIVE], reason="first")
    html = sent(
        alice_client, f"/roles/{role.pk}/change/", 409, version="1", code=[VIEW, CREATE], reason="second"
    )
    saved, yours = html.index("Only in the saved version"), html.index("Only in yours")
    assert saved < html.index("archive", saved) < yours < html.index("create", yours)
    assert 'name="version" value="2"' in html
    with bound_to(acme):
        assert codes_of(role) == {VIEW, ARCHIVE}


def test_what_would_be_refused_is_told_by_the_review(
    acme: Tenant, carol_client: Client, make_role: MakeRole
) -> None:
    role = make_role("Desk", VIEW)
    html = sent(carol_client, f"/roles/{role.pk}/review/", 200, version="1", code=[VIEW, PII])
    assert "You can&#x27;t give what you don&#x27;t have yourself" in html
    assert "Apply the changes" not in html
    sent(carol_client, f"/roles/{role.pk}/change/", 409, version="1", code=[VIEW, PII], reason="please")
    with bound_to(acme):
        assert codes_of(role) == {VIEW}


def test_a_code_that_nobody_registered_is_no_permission(
    acme: Tenant, alice_client: Client, make_role: MakeRole
) -> None:
    role = make_role("Desk", VIEW)
    codes = [VIEW, "platform.tenant:delete", "no.such:thing", "x"]
    sent(alice_client, f"/roles/{role.pk}/change/", 302, version="1", code=codes, reason="odd")
    with bound_to(acme):
        assert codes_of(role) == {VIEW}


def test_what_came_since_a_copy_is_shown_added_or_seen(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    with bound_to(acme):
        role = clone_role(Role.objects.get(code="accountant"), "Books", by=alice)
        role.offered = [code for code in role.offered if code != ARCHIVE]
        role.save()
    html = page(alice_client, f"/roles/{role.pk}/")
    assert "Since your copy" in html
    assert f"edit/?add={ARCHIVE.replace(':', '%3A')}" in html
    editor = page(alice_client, f"/roles/{role.pk}/edit/?add={ARCHIVE}")
    assert "1 change so far" in editor
    sent(alice_client, f"/roles/{role.pk}/seen/", 302)
    assert "Since your copy" not in page(alice_client, f"/roles/{role.pk}/")
    with bound_to(acme):
        assert codes_of(role) == {VIEW}


def test_what_came_into_the_role_it_was_copied_from_is_marked(
    acme: Tenant, alice: User, alice_client: Client, make_role: MakeRole
) -> None:
    parent = make_role("Desk", VIEW)
    with bound_to(acme):
        copy = clone_role(parent, "Small desk", by=alice)
    sent(alice_client, f"/roles/{parent.pk}/change/", 302, version="1", code=[VIEW, CREATE], reason="more")
    html = page(alice_client, f"/roles/{copy.pk}/")
    assert "Desk has it" in html
    assert "Contacts: create" in html


def test_a_role_is_deleted_by_form_alone(acme: Tenant, alice_client: Client, make_role: MakeRole) -> None:
    role = make_role("Desk")
    assert "Delete the role" in page(alice_client, f"/roles/{role.pk}/delete/")
    with bound_to(acme):
        assert Role.objects.filter(pk=role.pk).exists()
    sent(alice_client, f"/roles/{role.pk}/delete/", 302)
    with bound_to(acme):
        assert not Role.objects.filter(pk=role.pk).exists()


def test_a_role_in_use_says_who_has_it(
    acme: Tenant, alice_client: Client, make_role: MakeRole, give: Give, bob: User
) -> None:
    role = make_role("Desk")
    give(bob, role)
    assert "Bob" in sent(alice_client, f"/roles/{role.pk}/delete/", 409)
    with bound_to(acme):
        assert Role.objects.filter(pk=role.pk).exists()


def cells(html: str, head: str) -> int:
    """How many roles hold it, by the row of the matrix that begins so."""
    [row] = [part for part in html.split("<tr>") if part.startswith(f'<th scope="row">{head}')]
    return row.partition("</tr>")[0].count("✓")


def test_the_matrix_has_every_permission_and_role(alice_client: Client) -> None:
    html = page(alice_client, "/roles/matrix/?q=contacts.contact:export")
    assert html.count('<th scope="col">') == 10
    assert cells(html, "export") == 2
    assert "1 permission ·" in html


def test_the_matrix_goes_on_paper_by_a_button(alice_client: Client) -> None:
    html = page(alice_client, "/roles/matrix/")
    assert "data-print" in html
    assert "js/printing." in html


def test_the_matrix_is_narrowed_by_risk_and_area(alice_client: Client) -> None:
    html = page(alice_client, "/roles/matrix/?risk=pii&area=Records")
    assert "2 permissions ·" in html
    assert "Nothing matches" in page(alice_client, "/roles/matrix/?risk=money&area=Records")


def test_two_roles_are_compared_by_what_differs(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        keys = [str(Role.objects.get(code=code).pk) for code in ("accountant", "purchasing_agent", "auditor")]
    html = page(alice_client, f"/roles/matrix/?role={keys[0]}&role={keys[1]}")
    assert "1 permission ·" in html
    assert cells(html, "create") == 1
    same = page(alice_client, f"/roles/matrix/?role={keys[0]}&role={keys[0]}")
    assert html.count('<th scope="col">') == 3
    assert same.count('<th scope="col">') == 10


def test_the_matrix_is_exported_as_it_is_shown_and_that_is_logged(
    acme: Tenant, alice_client: Client, make_role: MakeRole
) -> None:
    make_role("=1+1", VIEW)
    answer = alice_client.post("/roles/matrix/export/?q=contacts.contact:view_pii")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = [*csv.reader(StringIO(answer.content.decode("utf-8-sig")))]
    assert len(lines) == 2
    assert lines[0][-1] == "'=1+1"
    assert lines[1][:4] == ["Records", PII, "Contacts: see personal data", "personal data"]
    assert lines[1][4:].count("x") == 4
    with bound_to(acme):
        [event] = [each for each in read(50) if each.action == "accounts.roles_exported"]
        assert event.details == {"number": 10}


def test_effective_rights_name_the_source_of_each(
    acme: Tenant, alice_client: Client, bob: User, make_role: MakeRole, give: Give
) -> None:
    give(
        bob,
        make_role("Desk", ARCHIVE),
        scope="own",
        ends_at=timezone.now() + timedelta(days=3),
    )
    html = page(alice_client, f"/roles/people/{bob.pk}/")
    assert "Order manager</bdi></a>, everywhere" in html
    assert "Desk</bdi></a>, with their own records, until" in html


def test_as_whom_the_navigation_shows_what(alice_client: Client, bob: User, alice: User) -> None:
    assert "Records: Contacts" in page(alice_client, f"/roles/people/{bob.pk}/")
    assert "Administration: Roles" not in page(alice_client, f"/roles/people/{bob.pk}/")
    assert "Administration: Roles" in page(alice_client, f"/roles/people/{alice.pk}/")


@pytest.fixture
def bob_looks_at_roles(bob: User, give_new: GiveNew) -> None:
    give_new(bob, "accounts.role:view")


READING = ("", "matrix/", "explain/")


@pytest.mark.parametrize("path", READING)
def test_without_the_permission_the_pages_are_closed(bob_client: Client, path: str) -> None:
    html = page(bob_client, f"/roles/{path}", 403)
    assert "<strong><bdi>Roles: view</bdi></strong>" in html
    assert "<bdi>Alice</bdi>" in html


@pytest.mark.parametrize("verb", ["edit", "review", "change", "seen", "delete", "copy"])
def test_whoever_may_only_look_changes_nothing(
    acme: Tenant, bob_client: Client, make_role: MakeRole, bob_looks_at_roles: None, verb: str
) -> None:
    role = make_role("Desk", VIEW)
    assert bob_client.get(f"/roles/{role.pk}/").status_code == 200
    sent(bob_client, f"/roles/{role.pk}/{verb}/", 403, code=[VIEW, CREATE], version="1", reason="x", name="y")
    with bound_to(acme):
        assert codes_of(role) == {VIEW}
        assert Role.objects.custom().count() == 2


@pytest.mark.parametrize("verb", ["", "edit/", "review/", "change/", "seen/", "delete/", "copy/"])
def test_mallory_finds_none_of_acmes_roles(
    acme: Tenant, mallory_client: Client, make_role: MakeRole, verb: str
) -> None:
    role = make_role("Desk", VIEW)
    answer = mallory_client.post(
        f"/roles/{role.pk}/{verb}", {"code": [VIEW, CREATE], "version": "1", "reason": "x", "name": "y"}
    )
    assert answer.status_code == (405 if verb == "" else 404)
    assert mallory_client.get(f"/roles/{role.pk}/").status_code == 404
    with bound_to(acme):
        assert codes_of(role) == {VIEW}


def test_mallory_learns_nothing_of_acmes_people(mallory_client: Client, bob: User) -> None:
    assert mallory_client.get(f"/roles/people/{bob.pk}/").status_code == 404
    html = page(mallory_client, f"/roles/explain/?person={bob.pk}&permission={VIEW}", 422)
    assert "Bob" not in html


def test_operators_have_the_same_pages_of_their_own_roles(oscar_client: Client) -> None:
    html = page(oscar_client, "/roles/")
    assert "Super administrator" in html
    assert "Order manager" not in html
    assert "Customers" in page(oscar_client, "/roles/matrix/")
