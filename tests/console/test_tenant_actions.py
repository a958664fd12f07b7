from datetime import UTC, datetime

import pytest
from django.test import Client

from backups.models import Backup
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant, TenantState
from tests.console.asking import operations_of, state_of, trail_of
from tests.console.conftest import TenantRow
from tests.support.fleet import PASSWORD
from tests.visits.visiting import ago, change

OSCAR = "operator:oscar@amana.example"
ANSWERS = {"reason": "Why not", "typed": "initech", "language": "ar"}
REASONED = [("suspend", TenantState.SUSPENDED, "suspended"), ("leave", TenantState.LEAVING, "given notice")]


@pytest.mark.parametrize(("verb", "state", "trace"), REASONED)
def test_with_a_reason_it_is_done_and_recorded(
    oscar_client: Client, initech: Tenant, verb: str, state: TenantState, trace: str
) -> None:
    response = oscar_client.post(f"/tenants/{initech.pk}/{verb}/", {"reason": "The invoice is open"})

    assert response.status_code == 302
    assert response["Location"] == f"/tenants/{initech.pk}/"
    assert state_of(initech) == state
    assert trail_of(initech) == [(trace, OSCAR, {"reason": "The invoice is open"})]


@pytest.mark.parametrize(("verb", "state", "trace"), REASONED)
def test_without_a_reason_it_is_not_done(
    oscar_client: Client, initech: Tenant, verb: str, state: TenantState, trace: str
) -> None:
    response = oscar_client.post(f"/tenants/{initech.pk}/{verb}/", {"reason": "  "})

    assert response.status_code == 422
    assert "Give a reason" in response.content.decode()
    assert state_of(initech) == TenantState.ACTIVE
    assert trail_of(initech) == []


@pytest.mark.parametrize("verb", ["suspend", "leave", "language", "close"])
def test_its_page_says_what_will_happen_and_does_nothing(
    oscar_client: Client, initech: Tenant, verb: str
) -> None:
    response = oscar_client.get(f"/tenants/{initech.pk}/{verb}/")

    assert response.status_code == 200
    assert "What will happen" in response.content.decode()
    assert state_of(initech) == TenantState.ACTIVE
    assert trail_of(initech) == []


@pytest.mark.parametrize("state", [TenantState.SUSPENDED, TenantState.LEAVING])
def test_it_is_resumed(oscar_client: Client, tenant_row: TenantRow, state: TenantState) -> None:
    tenant = tenant_row("initech", state=state)

    response = oscar_client.post(f"/tenants/{tenant.pk}/resume/", follow=True)

    assert response.redirect_chain == [(f"/tenants/{tenant.pk}/", 302)]
    assert "Initech is now active." in response.content.decode()
    assert state_of(tenant) == TenantState.ACTIVE
    assert trail_of(tenant) == [("resumed", OSCAR, {})]


REFUSED = [
    ("suspend", TenantState.SUSPENDED, "Initech is suspended: it can&#x27;t be suspended."),
    ("leave", TenantState.CLOSING, "Initech is being closed: it can&#x27;t be given notice."),
    ("resume", TenantState.ACTIVE, "Initech is active: it can&#x27;t be resumed."),
    ("close", TenantState.CLOSED, "Initech is closed: it can&#x27;t be closed."),
    ("language", TenantState.CLOSED, "Initech is closed: its language can&#x27;t be changed."),
]


@pytest.mark.parametrize(("verb", "state", "sentence"), REFUSED)
def test_what_the_state_forbids_is_refused_in_words(
    oscar_client: Client, tenant_row: TenantRow, verb: str, state: TenantState, sentence: str
) -> None:
    tenant = tenant_row("initech", state=state)

    response = oscar_client.post(f"/tenants/{tenant.pk}/{verb}/", ANSWERS)

    assert response.status_code == 409
    assert sentence in response.content.decode()
    assert state_of(tenant) == state
    assert trail_of(tenant) == []
    assert operations_of(tenant) == []


@pytest.mark.parametrize("state", TenantState.values)
@pytest.mark.parametrize("verb", ["suspend", "resume", "leave", "language", "close"])
def test_the_buttons_offered_are_those_the_model_accepts(
    oscar_client: Client, tenant_row: TenantRow, verb: str, state: str
) -> None:
    tenant = tenant_row("initech", state=state)
    page = oscar_client.get(f"/tenants/{tenant.pk}/")
    offered = verb in [action.name for action in page.context["actions"]]

    response = oscar_client.post(f"/tenants/{tenant.pk}/{verb}/", ANSWERS)

    closing_again = (verb, state) == ("close", "closing")
    assert (response.status_code == 302) == (offered or closing_again)


def test_typed_letter_by_letter_it_is_closed(oscar_client: Client, initech: Tenant) -> None:
    response = oscar_client.post(f"/tenants/{initech.pk}/close/", {"typed": "initech"})

    [operation] = operations_of(initech)
    assert response.status_code == 302
    assert response["Location"] == f"/operations/{operation.pk}/"
    assert operation.kind == Operation.Kind.CLOSE
    assert operation.requested_by == OSCAR
    assert state_of(initech) == TenantState.CLOSING
    assert trail_of(initech) == [("close requested", OSCAR, {}), ("closed", OSCAR, {})]


@pytest.mark.parametrize("verb", ["suspend", "leave", "close"])
def test_a_session_that_was_left_open_shuts_nobodys_site(
    oscar_client: Client, initech: Tenant, verb: str
) -> None:
    change(CATALOG, oscar_client, confirmed_at=ago(minutes=5))
    page = f"/tenants/{initech.pk}/{verb}/"
    assert oscar_client.get(page)["Location"].startswith("/confirm/")
    assert oscar_client.post(page, {"typed": "initech", "reason": "unpaid"}).status_code == 403
    with bound_to(CATALOG):
        assert Tenant.objects.get(pk=initech.pk).state == TenantState.ACTIVE
        assert not initech.operations.exists()


def test_nor_does_it_open_a_site_again_without_a_proof(oscar_client: Client, initech: Tenant) -> None:
    with bound_to(CATALOG):
        initech.suspend(OSCAR, "unpaid")
    change(CATALOG, oscar_client, confirmed_at=ago(minutes=5))
    page = f"/tenants/{initech.pk}/resume/"

    asked = oscar_client.post(page)

    assert asked.status_code == 403
    assert f'action="{page}"' in asked.content.decode()
    assert state_of(initech) == TenantState.SUSPENDED
    assert oscar_client.post(page, {"proof": PASSWORD}).status_code == 302
    assert state_of(initech) == TenantState.ACTIVE


def test_nor_does_it_try_a_failed_operation_again(oscar_client: Client, provisioning: Operation) -> None:
    with bound_to(CATALOG):
        provisioning.fail("test")
    change(CATALOG, oscar_client, confirmed_at=ago(minutes=5))
    page = f"/operations/{provisioning.pk}/retry/"

    assert oscar_client.post(page).status_code == 403
    with bound_to(CATALOG):
        assert Operation.objects.get(pk=provisioning.pk).state == Operation.State.FAILED
    assert oscar_client.post(page, {"proof": PASSWORD}).status_code == 302
    with bound_to(CATALOG):
        assert Operation.objects.get(pk=provisioning.pk).state != Operation.State.FAILED


@pytest.mark.parametrize("typed", ["", "Initech", "initech ", "initec"])
def test_mistyped_nothing_is_closed(oscar_client: Client, initech: Tenant, typed: str) -> None:
    response = oscar_client.post(f"/tenants/{initech.pk}/close/", {"typed": typed})

    assert response.status_code == 422
    assert ("nothing was done" if typed else "Type the short name") in response.content.decode()
    assert state_of(initech) == TenantState.ACTIVE
    assert operations_of(initech) == []
    assert trail_of(initech) == []


def test_another_tenant_stays_as_it_is(oscar_client: Client, initech: Tenant, tenant_row: TenantRow) -> None:
    other = tenant_row("initrode")

    oscar_client.post(f"/tenants/{initech.pk}/suspend/", {"reason": "The invoice is open"})

    assert state_of(other) == TenantState.ACTIVE
    with bound_to(CATALOG):
        assert not other.events.exists()


def language_of(tenant: Tenant) -> str:
    with bound_to(CATALOG):
        return str(Tenant.objects.values_list("language", flat=True).get(pk=tenant.pk))


def test_its_language_is_changed(oscar_client: Client, initech: Tenant) -> None:
    response = oscar_client.post(f"/tenants/{initech.pk}/language/", {"language": "ar"}, follow=True)

    assert response.redirect_chain == [(f"/tenants/{initech.pk}/", 302)]
    assert "The language of Initech Ltd is now العربية." in response.content.decode()
    assert language_of(initech) == "ar"
    assert trail_of(initech) == [("language changed", OSCAR, {"language": "ar"})]


@pytest.mark.parametrize("language", ["", "fr"])
def test_to_a_language_that_is_not_ours_it_is_not_changed(
    oscar_client: Client, initech: Tenant, language: str
) -> None:
    response = oscar_client.post(f"/tenants/{initech.pk}/language/", {"language": language})

    assert response.status_code == 422
    assert language_of(initech) == "en"
    assert trail_of(initech) == []


def test_the_form_shows_the_language_it_has(oscar_client: Client, tenant_row: TenantRow) -> None:
    tenant = tenant_row("initech", language="zh-hans")
    page = oscar_client.get(f"/tenants/{tenant.pk}/language/").content.decode()
    assert '<option value="zh-hans" selected>' in page


def test_strangers_read_the_new_language_from_the_next_page_on(
    acme: Tenant, catalog: None, acme_client: Client
) -> None:
    assert acme_client.get("/sign-in/")["Content-Language"] == "en"
    with bound_to(CATALOG):
        acme.change_language(OSCAR, "ar")
        acme.change_language(OSCAR, "ar")
    assert acme_client.get("/sign-in/")["Content-Language"] == "ar"
    with bound_to(CATALOG):
        acme.change_language(OSCAR, "en")  # what is remembered of a host outlives the test


def test_closing_names_the_hold_that_keeps_its_keys(oscar_client: Client, initech: Tenant) -> None:
    assert (
        "no copy of it can be opened any more"
        in oscar_client.get(f"/tenants/{initech.pk}/close/").content.decode()
    )
    with bound_to(CATALOG):
        Backup.objects.create(
            tenant=initech,
            state="done",
            snapshot_at=datetime(2026, 11, 1, tzinfo=UTC),
            hold_until=datetime(2999, 1, 31, tzinfo=UTC),
            hold_reason="Case 7/2026",
        )

    page = oscar_client.get(f"/tenants/{initech.pk}/close/").content.decode()

    assert "20261101T000000Z-" in page
    assert "(<bdi>Case 7/2026</bdi>)" in page
    assert "can be opened any more" not in page
