"""Every address of the operator site: who gets in, by which method, and what isn't there."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from config import urls_operator
from console import urls
from tenants.models import Operation, Tenant, TenantState
from tests.console.asking import operations_of, state_of, trail_of

NOBODY = UUID(int=0)
SAFE = {"tenant-list", "tenant-detail", "operation-detail", "operation-progress"}
FORMS = {"tenant-create", "tenant-suspend", "tenant-leave", "tenant-language", "tenant-close"}
VERBS = {"tenant-resume", "operation-retry"}
NAMES = sorted(SAFE | FORMS | VERBS)


def address(name: str, pk: UUID = NOBODY) -> str:
    arguments = [] if name in ("tenant-list", "tenant-create") else [pk]
    return reverse(f"console:{name}", urlconf=urls_operator.__name__, args=arguments)


def test_every_address_is_in_these_tables() -> None:
    assert {str(pattern.name) for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)} == set(
        NAMES
    )


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", NAMES)
def test_nobody_gets_in_without_signing_in(
    operator_client: Client, initech: Tenant, name: str, method: str
) -> None:
    where = address(name, initech.pk)

    response = getattr(operator_client, method)(
        where, {"reason": "x", "typed": "initech", "slug": "intruder", "language": "ar"}
    )

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")
    assert state_of(initech) == TenantState.ACTIVE
    assert trail_of(initech) == []
    assert operations_of(initech) == []


@pytest.mark.parametrize("name", sorted(VERBS))
@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_a_verb_is_only_posted(oscar_client: Client, initech: Tenant, name: str, method: str) -> None:
    response = getattr(oscar_client, method)(address(name, initech.pk))

    assert response.status_code == 405
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("name", sorted(SAFE))
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_page_is_only_read(oscar_client: Client, name: str, method: str) -> None:
    assert getattr(oscar_client, method)(address(name)).status_code == 405


@pytest.mark.parametrize("name", sorted(FORMS))
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_form_is_read_or_posted(oscar_client: Client, initech: Tenant, name: str, method: str) -> None:
    assert getattr(oscar_client, method)(address(name, initech.pk)).status_code == 405
    assert state_of(initech) == TenantState.ACTIVE


@pytest.mark.parametrize("name", sorted({*NAMES} - {"tenant-list", "tenant-create"}))
def test_what_is_not_there_is_not_found(oscar_client: Client, name: str) -> None:
    method = "post" if name in VERBS else "get"

    assert getattr(oscar_client, method)(address(name)).status_code == 404


@pytest.mark.parametrize("name", sorted((FORMS | VERBS) - {"tenant-create"}))
def test_nothing_is_done_without_the_csrf_token(
    oscar_client: Client, provisioning: Operation, name: str
) -> None:
    oscar_client.handler.enforce_csrf_checks = True
    pk = provisioning.pk if name == "operation-retry" else provisioning.tenant_id

    response = oscar_client.post(address(name, pk), {"reason": "x", "typed": "initech"})

    assert response.status_code == 403
    assert state_of(provisioning.tenant) == TenantState.PROVISIONING
