"""In a browser that a person used before they have tries of their own, whatever strangers do elsewhere."""

import pytest

from accounts.limits.lockouts import locked_until, unlock
from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.conftest import PASSWORD
from tests.limits.trying import FROM_ONE_SPOT, IN_ALL, attempt, known_to, try_right, try_wrong
from tests.support.fleet import client_of


def test_alice_gets_in_while_strangers_are_shut_out(acme: Tenant, alice: User) -> None:
    hers = client_of(acme.primary_host)
    hers.cookies.load(known_to(acme, alice.email))
    for number in range(IN_ALL + 1):
        attempt(acme, alice.email, ip=f"10.0.0.{number}")
    assert try_right(acme, alice.email) == 429
    assert attempt(acme, alice.email, PASSWORD, client=hers).status_code == 302


@pytest.mark.slow
def test_even_a_known_browser_has_a_limit_and_is_unlocked_with_the_rest(
    acme: Tenant, alice: User, bob: User
) -> None:
    hers = client_of(acme.primary_host)
    hers.cookies.load(known_to(acme, alice.email))
    for _ in range(FROM_ONE_SPOT):
        assert attempt(acme, alice.email, client=hers).status_code == 422
    assert attempt(acme, alice.email, PASSWORD, client=hers).status_code == 429
    assert try_right(acme, alice.email) == 302  # the others' tries are untouched
    with bound_to(acme):
        assert locked_until(alice) is not None
        unlock(alice, by=bob)
    assert attempt(acme, alice.email, PASSWORD, client=hers).status_code == 302


def test_bobs_browser_is_not_alices(acme: Tenant, alice: User, bob: User) -> None:
    his = client_of(acme.primary_host)
    his.cookies.load(known_to(acme, bob.email))
    try_wrong(acme, alice.email, FROM_ONE_SPOT)
    assert attempt(acme, alice.email, PASSWORD, client=his).status_code == 429


def test_the_same_token_at_globex_opens_nothing_at_acme(
    acme: Tenant, globex: Tenant, alice: User, mallory: User
) -> None:
    made = known_to(globex, mallory.email)
    hers = client_of(acme.primary_host)
    hers.cookies.load(made)
    try_wrong(acme, alice.email, FROM_ONE_SPOT)
    assert attempt(acme, alice.email, PASSWORD, client=hers).status_code == 429
