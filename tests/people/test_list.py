import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from tenants.binding import CATALOG, bound_connection, bound_to
from tenants.models import Tenant
from tests.limits.trying import FROM_ONE_SPOT, try_wrong
from tests.support import fleet


def text(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r'row-link" href="/people/[^"]+"><bdi>([^<]+)</bdi>', page)


def test_everybody_stands_under_their_state(acme: Tenant, alice_client: Client, bob: User) -> None:
    with bound_to(acme):
        User.objects.invite("ina@acme.example", "Ina")
        User.objects.filter(pk=bob.pk).update(is_active=False)

    assert names(text(alice_client, "/people/")) == ["Alice"]
    assert names(text(alice_client, "/people/?state=invited")) == ["Ina", "Olivia"]
    assert names(text(alice_client, "/people/?state=deactivated")) == ["Bob"]
    assert re.findall(r'tab-count">(\d+)<', text(alice_client, "/people/")) == ["1", "2", "1"]


def test_a_row_tells_roles_second_factor_and_last_sign_in(alice_client: Client, bob: User) -> None:
    page = text(alice_client, "/people/?q=bob")
    assert "<bdi>Order manager</bdi>" in page
    assert "not set up" in page
    assert '<bdi dir="ltr">bob@acme.example</bdi>' in page
    assert ">never</span>" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ali", ["Alice"]),
        ("q=bob@acme", ["Bob"]),
        ("q=nobody", []),
        ("factor=no", ["Alice", "Bob"]),
        ("factor=yes", []),
        ("seen=90", ["Bob"]),
        ("seen=90&seen-op=not", ["Alice"]),
        ("role={manager}", ["Bob"]),
        ("role={manager}&role-op=not", ["Alice"]),
        ("role=x&factor=x&seen=x&state=x&q=%00", ["Alice", "Bob"]),
    ],
)
def test_the_address_says_who_is_shown(
    acme: Tenant, alice_client: Client, bob: User, query: str, found: list[str]
) -> None:
    with bound_to(acme):
        manager = Role.objects.get(code="order_manager").pk
        User.objects.filter(pk=bob.pk).update(last_login=timezone.now() - timedelta(days=91))
    assert names(text(alice_client, f"/people/?{query.format(manager=manager)}")) == found


def test_a_role_that_has_ended_is_not_looked_for(acme: Tenant, alice_client: Client, bob: User) -> None:
    with bound_to(acme):
        held = bob.assignments.get()
        held.starts_at = held.ends_at = timezone.now() - timedelta(days=1)
        held.save()
    assert names(text(alice_client, f"/people/?role={held.role_id}")) == []
    assert "Order manager" not in text(alice_client, "/people/?q=bob").partition("<tbody>")[2]


def test_the_number_of_queries_does_not_grow_with_people(acme: Tenant, alice_client: Client) -> None:
    def queries() -> int:
        with bound_to(acme), CaptureQueriesContext(bound_connection()) as captured:
            text(alice_client, "/people/?state=invited")
        return len(captured)

    queries()
    before = queries()
    with bound_to(acme):
        for number in range(20):
            fleet.give(
                User.objects.invite(f"p{number}@acme.example", f"Person {number}"), "contacts.contact:view"
            )
    queries()  # rights are compiled anew
    assert 0 < queries() == before


def test_bob_may_not_look(acme: Tenant, bob: User) -> None:
    client = fleet.signed_in(acme, bob)
    assert client.get("/people/").status_code == 403
    assert "/people/" not in client.get("/contacts/").content.decode()


def test_whoever_may_look_only_is_offered_nothing_else(with_rights: Callable[..., Client], bob: User) -> None:
    client = with_rights("accounts.user:view")
    assert "/people/invite/" not in text(client, "/people/")
    assert "/people/export/" not in text(client, "/people/")
    page = text(client, f"/people/{bob.pk}/")
    for verb in ("deactivate", "roles/new", "edit", "reset-password", "reset-factor", "withdraw"):
        assert f"/people/{bob.pk}/{verb}/" not in page


def test_globex_sees_none_of_acmes(mallory_client: Client, alice: User, bob: User) -> None:
    page = text(mallory_client, "/people/")
    assert names(page) == ["Mallory"]
    assert mallory_client.get(f"/people/{bob.pk}/").status_code == 404
    assert "bob@acme.example" not in text(mallory_client, "/people/?q=bob").partition("<tbody>")[2]


def test_operators_have_the_same_page_for_themselves(oscar_client: Client, oscar: User) -> None:
    assert "Oscar" in names(text(oscar_client, "/people/"))
    with bound_to(CATALOG):
        assert f"/people/{oscar.pk}/" in text(oscar_client, "/people/")


def test_people_are_found_from_anywhere_by_whoever_may_see_them(
    acme: Tenant, alice_client: Client, bob: User
) -> None:
    address = f"/people/{bob.pk}/"
    assert address in text(alice_client, "/search/?q=bob")
    assert address not in text(fleet.signed_in(acme, bob), "/search/?q=bob")


def test_whoever_is_locked_out_is_marked_and_found(
    *, acme: Tenant, alice_client: Client, bob: User, globex: Tenant, mallory_client: Client
) -> None:
    with bound_to(globex):
        fleet.add_user(bob.email, "Bob", "order_manager")
    mark = ">Locked out</span>"
    assert names(text(alice_client, "/people/?lock=out")) == []
    assert names(text(alice_client, "/people/?lock=out&lock-op=not")) == ["Alice", "Bob"]

    try_wrong(acme, bob.email, FROM_ONE_SPOT)

    assert names(text(alice_client, "/people/?lock=out")) == ["Bob"]
    assert names(text(alice_client, "/people/?lock=out&lock-op=not")) == ["Alice"]
    assert mark in text(alice_client, "/people/?q=bob")
    assert mark not in text(alice_client, "/people/?q=alice")
    assert names(text(mallory_client, "/people/?lock=out")) == []
    assert mark not in text(mallory_client, "/people/")

    alice_client.post(f"/people/{bob.pk}/unlock/")
    assert names(text(alice_client, "/people/?lock=out")) == []
    assert mark not in text(alice_client, "/people/")


def test_who_was_locked_out_a_while_ago_is_not(acme: Tenant, alice_client: Client, bob: User) -> None:
    try_wrong(acme, bob.email, FROM_ONE_SPOT)
    with bound_to(acme):
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert names(text(alice_client, "/people/?lock=out")) == []
