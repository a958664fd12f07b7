"""From each page about a person the others are one step away, as far as whoever reads may open them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tenants.models import Tenant
from tests.support import fleet

NAMES = ["Overview", "Effective rights", "Sessions", "History"]
CODES = ["accounts.user:view", "accounts.role:view", "accounts.session:view", "accounts.user:history"]


def addresses(person: User) -> list[str]:
    return [
        f"/people/{person.pk}/",
        f"/roles/people/{person.pk}/",
        f"/people/{person.pk}/sessions/",
        f"/activity/records/accounts_user/{person.pk}/",
    ]


def tabs(client: Client, address: str) -> list[tuple[str, str, bool]]:
    page = client.get(address)
    assert page.status_code == 200, address
    [there] = re.findall(r'<nav class="tabs".*?</nav>', page.content.decode(), re.DOTALL)
    found = re.findall(r'<a href="([^"]+)" (aria-current="true")?>([^<]+)</a>', there)
    return [(name.strip(), href, bool(current)) for href, current, name in found]


def test_each_leads_to_the_others_and_says_which_it_is(acme: Tenant, alice_client: Client, bob: User) -> None:
    for number, address in enumerate(addresses(bob)):
        expected = [
            (name, href, each == number)
            for each, (name, href) in enumerate(zip(NAMES, addresses(bob), strict=True))
        ]
        assert tabs(alice_client, address) == expected


def test_at_the_operators_too(catalog: None, oscar_client: Client, oscar: User) -> None:
    for address in addresses(oscar):
        assert [name for name, _href, _current in tabs(oscar_client, address)] == NAMES


@pytest.mark.parametrize("missing", range(1, 4))
def test_nobody_is_led_to_what_would_be_refused(
    acme: Tenant, with_rights: Callable[..., Client], bob: User, missing: int
) -> None:
    client = with_rights(*(code for number, code in enumerate(CODES) if number != missing))
    shown = [name for name, _href, _current in tabs(client, addresses(bob)[0])]
    assert shown == [name for number, name in enumerate(NAMES) if number != missing]
    assert client.get(addresses(bob)[missing]).status_code == 403


def test_a_session_is_ended_from_there(acme: Tenant, alice_client: Client, bob: User) -> None:
    bobs = fleet.signed_in(acme, bob)
    page = alice_client.get(addresses(bob)[2]).content.decode()
    [end] = re.findall(rf'action="(/people/{bob.pk}/sessions/[^"]{{36}}/end/)"', page)
    assert alice_client.post(end).status_code == 302
    assert bobs.get("/contacts/").status_code == 302
