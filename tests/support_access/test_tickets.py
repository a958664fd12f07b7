"""A ticket is worth something once, for a minute, at one tenant, while that tenant wants it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone

from accounts.models import Session, SupportGrant, User
from accounts.support.tickets import digest_of, new_ticket
from console.desk import Desk
from console.models import BreakGlass
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support.fleet import client_of
from tests.support_access.conftest import AskAt, Asked, kinds_at, operator_at_work


def is_refused(tenant: Tenant, ticket: str) -> bool:
    client = client_of(tenant.primary_host)
    with bound_to(tenant):
        sessions = Session.objects.count()

    answer = client.post(f"/support/enter/{ticket}/")

    assert answer.status_code == 403
    assert "Nobody comes in by this" in answer.content.decode()
    assert client.get("/contacts/").status_code == 302
    with bound_to(tenant):
        assert Session.objects.count() == sessions
    return True


def test_of_acme_it_is_nothing_at_globex(approved: Asked, globex: Tenant) -> None:
    ticket = approved.ticket()

    assert is_refused(globex, ticket)
    assert approved.at_tenant().state == "approved"
    assert kinds_at(globex, "")[-1] == ("accounts.guest_came", "refused", "anonymous")
    assert client_of(approved.tenant.primary_host).post(f"/support/enter/{ticket}/").status_code == 302


def test_even_where_globex_lets_the_same_operator_in(
    approved: Asked, ask_at: AskAt, globex: Tenant, mallory_client: Client
) -> None:
    there = ask_at(globex)
    mallory_client.post(f"/support/{there.pk}/approve/")

    assert is_refused(globex, approved.ticket())
    assert is_refused(approved.tenant, there.ticket())


def test_a_second_time_it_is_nothing(approved: Asked) -> None:
    ticket = approved.ticket()
    there = client_of(approved.tenant.primary_host)
    assert there.get(f"/support/enter/{ticket}/").status_code == 200
    assert there.post(f"/support/enter/{ticket}/").status_code == 302

    assert there.get(f"/support/enter/{ticket}/").status_code == 403, (
        "nor does its page say that it opens anything"
    )
    assert is_refused(approved.tenant, ticket)


def test_after_60_seconds_it_is_nothing(approved: Asked) -> None:
    ticket = approved.ticket()
    with bound_to(CATALOG):
        BreakGlass.objects.update(ticket_until=timezone.now())

    assert is_refused(approved.tenant, ticket)
    assert approved.at_tenant().state == "approved"


def test_its_own_signature_says_so_too(approved: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    a_minute_ago = (timezone.now() - timedelta(seconds=61)).timestamp()
    with monkeypatch.context() as then:
        then.setattr("django.core.signing.time.time", lambda: a_minute_ago)
        ticket = approved.ticket()

    assert is_refused(approved.tenant, ticket)


def test_a_newer_one_makes_it_worthless(approved: Asked) -> None:
    first, second = approved.ticket(), approved.ticket()

    assert is_refused(approved.tenant, first)
    assert client_of(approved.tenant.primary_host).post(f"/support/enter/{second}/").status_code == 302


def test_once_the_tenant_took_it_back_it_is_nothing(approved: Asked, alice_client: Client) -> None:
    ticket = approved.ticket()
    alice_client.post(f"/support/{approved.pk}/end/")

    assert is_refused(approved.tenant, ticket)
    assert approved.at_tenant().state == "ended"


def test_once_an_operator_took_it_back_it_is_nothing_before_the_tenant_has_heard(
    approved: Asked, olga: User
) -> None:
    ticket = approved.ticket()
    operator_at_work(olga).post(f"/visits/{approved.pk}/revoke/")

    assert is_refused(approved.tenant, ticket)
    assert approved.at_tenant().state == "approved"


@pytest.mark.parametrize("state", ["requested", "refused", "ended"])
def test_a_good_ticket_opens_nothing_that_the_tenant_has_not_allowed(approved: Asked, state: str) -> None:
    """Whoever could write the catalog still needs the tenant."""
    ticket = approved.ticket()
    approved.change(state=state)

    assert is_refused(approved.tenant, ticket)
    assert approved.at_tenant().state == state


def test_a_permission_that_nobody_used_ends_after_a_day(approved: Asked) -> None:
    ticket = approved.ticket()
    approved.change(decided_at=timezone.now() - timedelta(hours=24))

    assert is_refused(approved.tenant, ticket)


def test_one_that_was_made_up_is_nothing(approved: Asked) -> None:
    """With the right shape, even with a key of the tenant's own."""
    with bound_to(approved.tenant):
        signed = TimestampSigner(sep=".").sign(f"{approved.visit.pk.hex}-00")
    good = approved.ticket()

    assert is_refused(approved.tenant, signed)
    assert is_refused(approved.tenant, good[:-1] + ("A" if good[-1] != "A" else "B"))
    assert is_refused(approved.tenant, "x")


def test_signed_but_never_given_out_it_is_nothing(approved: Asked) -> None:
    assert is_refused(approved.tenant, new_ticket(approved.visit.pk, approved.tenant.pk))


def test_only_a_hash_of_it_is_kept(approved: Asked) -> None:
    ticket = approved.ticket()

    assert approved.at_operators().ticket_digest == digest_of(ticket)
    client_of(approved.tenant.primary_host).post(f"/support/enter/{ticket}/")
    assert approved.at_tenant().ticket_digest == digest_of(ticket)
    assert approved.at_operators().ticket_digest == ""


def test_only_the_one_who_asked_gets_it(approved: Asked, olga: User) -> None:
    answer = operator_at_work(olga).post(f"/visits/{approved.pk}/ticket/")

    assert answer.status_code == 409
    assert "Only the one who asked gets a ticket." in answer.content.decode()
    assert approved.at_operators().ticket_digest == ""


def test_before_it_is_allowed_nobody_gets_one(asked: Asked, oscar_client: Client) -> None:
    answer = oscar_client.post(f"/visits/{asked.pk}/ticket/")

    assert answer.status_code == 409
    assert "There is no permission to come in." in answer.content.decode()


def test_a_guests_cookie_of_acme_is_nothing_at_globex(guest: Client, globex: Tenant) -> None:
    there = client_of(globex.primary_host)
    there.cookies["amana"] = guest.cookies["amana"].value

    assert there.get("/contacts/").status_code == 302


def test_where_the_tenant_is_suspended_the_guest_is_out(
    guest: Client, approved: Asked, suspend: Callable[[], None]
) -> None:
    ticket = approved.ticket()
    suspend()

    assert guest.get("/contacts/").status_code == 503
    assert client_of(approved.tenant.primary_host).post(f"/support/enter/{ticket}/").status_code == 503
    approved.carry()
    assert approved.at_tenant().state == "open"


def test_the_ticket_page_wants_our_own_form(approved: Asked) -> None:
    """Another site can't put somebody into a visit."""
    client = Client(SERVER_NAME=approved.tenant.primary_host, enforce_csrf_checks=True)

    assert client.post(f"/support/enter/{approved.ticket()}/").status_code == 403
    assert approved.at_tenant().state == "approved"


def test_a_grant_of_globex_is_not_acmes_to_report(approved: Asked, globex: Tenant) -> None:
    """Acme's database can change its own row in the catalog only."""
    ticket = approved.ticket()
    with bound_to(globex):
        SupportGrant.objects.create(
            id=approved.visit.pk,
            operator_id=approved.visit.operator_id,
            operator_name="Oscar",
            reason="x",
            minutes=30,
            state="ended",
        )
        Desk().hear_of(SupportGrant.objects.get())
        assert not Desk().use_ticket(approved.visit.pk, digest_of(ticket))
    assert approved.at_operators().state == "approved"
