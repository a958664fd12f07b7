"""What Oscar reads about tenants in Arabic and Chinese; what is kept in the catalog stays as it is."""

import pytest
from django.test import Client

from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.models import TenantState
from tests.console.asking import state_of, trail_of
from tests.console.conftest import TenantRow


@pytest.fixture
def arabic(oscar: User, oscar_client: Client) -> Client:
    with bound_to(CATALOG):
        User.objects.filter(pk=oscar.pk).update(language="ar")
    return oscar_client


def text_of(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_the_list_names_states_in_arabic(arabic: Client, tenant_row: TenantRow) -> None:
    tenant_row("initech", state=TenantState.SUSPENDED)
    page = text_of(arabic, "/")
    assert "<title>المستأجرون · مشغّلو Amana</title>" in page
    assert '<span class="pill suspended">معلّق</span>' in page


def test_what_is_done_is_kept_in_english_and_told_in_arabic(arabic: Client, tenant_row: TenantRow) -> None:
    tenant = tenant_row("initech")
    done = arabic.post(f"/tenants/{tenant.pk}/suspend/", {"reason": "unpaid"}, follow=True).content.decode()
    assert "حالة Initech الآن: معلّق." in done
    assert "<strong>عُلّق</strong>" in done
    assert "<dt>السبب</dt> <dd><bdi>unpaid</bdi></dd>" in " ".join(done.split())
    assert [verb for verb, *_ in trail_of(tenant)] == ["suspended"]


def test_a_refusal_is_told_in_arabic_and_changes_nothing(arabic: Client, tenant_row: TenantRow) -> None:
    tenant = tenant_row("initech")
    refused = arabic.post(f"/tenants/{tenant.pk}/resume/")
    assert refused.status_code == 409
    assert "حالة Initech هي «نشط»: لا يمكن استئنافه." in refused.content.decode()
    assert state_of(tenant) == TenantState.ACTIVE


def test_a_short_name_that_is_ours_is_refused_in_the_browsers_language(oscar_client: Client) -> None:
    typed = {
        "name": "X",
        "slug": "operator",
        "language": "en",
        "owner_name": "O",
        "owner_email": "o@x.example",
    }
    refused = oscar_client.post("/tenants/new/", typed, headers={"accept-language": "zh-CN"})
    assert refused.status_code == 422
    assert "“operator”为保留名称：请选择其他简称。" in refused.content.decode()
