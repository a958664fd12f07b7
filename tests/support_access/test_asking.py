"""An operator asks, somebody of the tenant's decides; both databases and both logs say so."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import SecurityPolicy, SupportGrant, User
from console.models import BreakGlass
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.support_access.conftest import (
    REASON,
    Asked,
    kinds_at,
    let_second_operators_approve,
    operator_at_work,
)

ASKED = {"reason": REASON, "minutes": "30"}


def test_it_is_asked_for_on_the_customers_page(
    oscar_client: Client, oscar: User, acme: Tenant, catalog: None
) -> None:
    page = oscar_client.get(f"/tenants/{acme.pk}/")
    assert f'href="/tenants/{acme.pk}/visit/"' in page.content.decode()

    answer = oscar_client.post(f"/tenants/{acme.pk}/visit/", ASKED)

    with bound_to(CATALOG):
        visit = BreakGlass.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/visits/{visit.pk}/")
    assert (visit.tenant_id, visit.operator_id, visit.reason, visit.minutes) == (
        acme.pk,
        oscar.pk,
        REASON,
        30,
    )
    assert kinds_at(None, visit.pk) == [("console.break_glass_asked", "done", f"operator:{oscar.pk}")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": " ", "minutes": "30"}, "Say why"),
        ({"reason": REASON, "minutes": "4"}, "greater than or equal to 5"),
        ({"reason": REASON, "minutes": "121"}, "less than or equal to 120"),
    ],
)
def test_it_needs_a_reason_and_5_to_120_minutes(
    oscar_client: Client, acme: Tenant, typed: dict[str, str], words: str
) -> None:
    answer = oscar_client.post(f"/tenants/{acme.pk}/visit/", typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    with bound_to(CATALOG):
        assert not BreakGlass.objects.exists()


def test_it_is_asked_once_at_a_time(oscar_client: Client, asked: Asked) -> None:
    answer = oscar_client.post(f"/tenants/{asked.tenant.pk}/visit/", ASKED)

    assert answer.status_code == 422
    assert "You have asked already" in answer.content.decode()
    with bound_to(CATALOG):
        assert BreakGlass.objects.count() == 1


def test_where_the_site_is_shut_nobody_is_asked(
    oscar_client: Client, acme: Tenant, suspend: Callable[[], None]
) -> None:
    suspend()

    answer = oscar_client.post(f"/tenants/{acme.pk}/visit/", ASKED)

    assert answer.status_code == 422
    assert "The site of this customer is shut" in answer.content.decode()
    with bound_to(CATALOG):
        assert not BreakGlass.objects.exists()


def test_carried_twice_it_is_there_once(asked: Asked, oscar: User) -> None:
    asked.carry()

    grant = asked.at_tenant()
    assert (grant.state, grant.operator_id, grant.operator_name) == ("requested", oscar.pk, "Oscar")
    assert (grant.reason, grant.minutes, grant.decided_at) == (REASON, 30, None)
    assert kinds_at(asked.tenant, asked.pk) == [
        ("accounts.support_asked", "done", f"operator:{oscar.pk}"),
    ]
    assert asked.at_operators().delivered_at


def test_the_owner_lets_in(asked: Asked, alice: User, alice_client: Client, oscar: User) -> None:
    page = alice_client.get("/support/").content.decode()
    assert REASON in page
    assert f'action="/support/{asked.pk}/approve/"' in page

    answer = alice_client.post(f"/support/{asked.pk}/approve/", follow=True)

    assert "Oscar may come in." in answer.content.decode()
    grant = asked.at_tenant()
    assert (grant.state, grant.decided_by_id) == ("approved", alice.pk)
    assert asked.at_operators().state == "approved"
    assert kinds_at(asked.tenant, asked.pk)[-1] == (
        "accounts.support_approved",
        "done",
        f"user:{alice.pk}",
    )
    assert kinds_at(None, asked.pk)[-1] == ("console.break_glass_approved", "done", f"user:{alice.pk}")


def test_the_security_officer_may_refuse(asked: Asked, acme: Tenant, sam: User) -> None:
    answer = fleet.signed_in(acme, sam).post(f"/support/{asked.pk}/refuse/")

    assert answer.status_code == 302
    assert asked.at_tenant().state == "refused"
    assert asked.at_operators().state == "refused"


@pytest.mark.parametrize("role", ["tenant_admin", "auditor", "order_manager", "privacy_officer"])
def test_nobody_else_decides(asked: Asked, acme: Tenant, role: str) -> None:
    with bound_to(acme):
        eve = fleet.add_user("eve@acme.example", "Eve", role)
    client = fleet.signed_in(acme, eve)

    for verb in ("approve", "refuse"):
        assert client.post(f"/support/{asked.pk}/{verb}/").status_code == 403
    assert asked.at_tenant().state == "requested"


def test_the_owner_of_another_tenant_decides_nothing(
    asked: Asked, globex: Tenant, mallory_client: Client
) -> None:
    for verb in ("approve", "refuse", "end"):
        assert mallory_client.post(f"/support/{asked.pk}/{verb}/").status_code == 404
    assert asked.at_tenant().state == "requested"
    with bound_to(globex):
        assert not SupportGrant.objects.exists()


def test_what_is_decided_stays(approved: Asked, alice_client: Client) -> None:
    answer = alice_client.post(f"/support/{approved.pk}/refuse/")

    assert answer.status_code == 409
    assert "This isn&#x27;t waiting for an answer: it is approved." in answer.content.decode()
    assert approved.at_tenant().state == "approved"


def test_a_second_operator_lets_in_where_the_tenant_says_so(asked: Asked, olga: User, acme: Tenant) -> None:
    let_second_operators_approve(acme)
    asked.carry()

    answer = operator_at_work(olga).post(f"/visits/{asked.pk}/approve/")
    asked.carry()

    assert answer.status_code == 302
    grant = asked.at_tenant()
    assert (grant.state, grant.decided_by_id, grant.second_operator_id) == ("approved", None, olga.pk)
    assert asked.at_operators().state == "approved"
    assert kinds_at(acme, asked.pk)[-1] == ("accounts.support_approved", "done", f"operator:{olga.pk}")


def test_and_nowhere_else(asked: Asked, olga: User) -> None:
    answer = operator_at_work(olga).post(f"/visits/{asked.pk}/approve/")

    assert answer.status_code == 409
    assert "This customer decides alone" in answer.content.decode()
    assert asked.at_tenant().state == "requested"


def test_the_tenant_has_the_last_word_on_that(asked: Asked, olga: User, acme: Tenant) -> None:
    """It changed its mind after the operator site had heard that a second operator may agree."""
    let_second_operators_approve(acme)
    asked.carry()
    with bound_to(acme):
        SecurityPolicy.objects.update(second_operator_may_approve=False)
    assert operator_at_work(olga).post(f"/visits/{asked.pk}/approve/").status_code == 302

    asked.carry()

    assert asked.at_tenant().state == "requested"
    assert asked.at_operators().second is None


def test_nobody_is_their_own_second(asked: Asked, oscar_client: Client, acme: Tenant) -> None:
    let_second_operators_approve(acme)
    asked.carry()

    answer = oscar_client.post(f"/visits/{asked.pk}/approve/")

    assert answer.status_code == 409
    assert "Nobody lets themselves in" in answer.content.decode()
    assert asked.at_tenant().state == "requested"


def test_asked_no_more_it_is_over(asked: Asked, oscar_client: Client, alice_client: Client) -> None:
    oscar_client.post(f"/visits/{asked.pk}/withdraw/")
    asked.carry()

    assert asked.at_tenant().state == "ended"
    assert asked.at_operators().state == "ended"
    assert alice_client.post(f"/support/{asked.pk}/approve/").status_code == 409


def test_only_ones_own_question_is_withdrawn(asked: Asked, olga: User) -> None:
    assert operator_at_work(olga).post(f"/visits/{asked.pk}/withdraw/").status_code == 404
    assert asked.at_operators().withdrawn_by_id is None


def test_a_question_that_nobody_answered_ends_after_a_day(asked: Asked, alice_client: Client) -> None:
    asked.change(requested_at=asked.visit.requested_at - timedelta(hours=24))

    assert alice_client.post(f"/support/{asked.pk}/approve/").status_code == 409
    asked.carry()
    assert (asked.at_tenant().state, asked.at_tenant().ended_by) == ("ended", "system:time")
    assert asked.at_operators().state == "ended"
