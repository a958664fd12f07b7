"""A row that a restore brought back as it was before it was shredded is found by nobody again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from keys.purging import empty_indexes_again
from keys.shredding import shred_row
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.keys.looking import stored
from tests.keys.vault.models import Buyer
from tests.keys.vault.models import Credential as OfTheTenant
from tests.lifecycle.looking import superuser


@pytest.fixture
def then() -> datetime:
    """When the copy was taken."""
    return timezone.now()


@pytest.fixture
def restored(initech: Tenant, then: datetime) -> tuple[Buyer, dict[str, Any]]:
    """Ana, shredded, and in the database again as the copy held her: beside Bo, whom nobody has shredded."""
    with bound_to(initech):
        Buyer.objects.create(name="Bo", phone="+44 2")
        OfTheTenant.objects.create(login="ana")
        ana: Buyer = Buyer.objects.create(name="Ana", phone="+44 1")
        before = stored(ana)
        shred_row(ana, "alice", "30 days after delivery")
    put_back(initech, ana, before)
    return ana, before


def put_back(tenant: Tenant, ana: Buyer, values: dict[str, Any]) -> None:
    with superuser(tenant.schema_name) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE vault_buyer SET name = %s, phone = %s, phone_index = %s WHERE id = %s",
            [values["name"], values["phone"], values["phone_index"], ana.pk],
        )


def found(tenant: Tenant, phone: str) -> int:
    with bound_to(tenant):
        return Buyer.objects.filter(phone_index=phone).count()


def test_its_index_is_emptied_again_and_nobody_elses(
    initech: Tenant, restored: tuple[Buyer, dict[str, Any]], then: datetime
) -> None:
    ana, before = restored
    assert found(initech, "+44 1") == 1
    with bound_to(initech):
        assert empty_indexes_again(then) == 1
        assert stored(ana) == before | {"phone_index": None}
        assert OfTheTenant.objects.filter(login_index="ana").count() == 1
        assert empty_indexes_again(then) == 0
    assert (found(initech, "+44 1"), found(initech, "+44 2")) == (0, 1)


def test_what_was_shredded_long_before_the_copy_is_not_looked_at_again(
    initech: Tenant, restored: tuple[Buyer, dict[str, Any]], then: datetime
) -> None:
    with bound_to(initech):
        assert empty_indexes_again(then + timedelta(hours=2)) == 0
        assert empty_indexes_again(then + timedelta(minutes=30)) == 1


def test_what_was_written_anew_since_keeps_its_index(
    initech: Tenant, restored: tuple[Buyer, dict[str, Any]], then: datetime
) -> None:
    ana, _before = restored
    with bound_to(initech):
        Buyer(pk=ana.pk, name="Ana", phone="+44 3").save(force_update=True)
        assert empty_indexes_again(then) == 0
    assert found(initech, "+44 3") == 1


def test_another_tenant_with_a_row_of_that_id_keeps_its_own(
    initech: Tenant, globex: Tenant, restored: tuple[Buyer, dict[str, Any]], then: datetime
) -> None:
    ana, _before = restored
    with bound_to(globex):
        Buyer.objects.create(pk=ana.pk, name="Ana", phone="+44 1")
        assert empty_indexes_again(then) == 0
    assert found(globex, "+44 1") == 1
