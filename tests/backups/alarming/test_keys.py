"""A key that can't be opened, wasn't looked at, isn't there, or is nowhere else is alarmed about and said in red."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.alarming.health import look
from backups.alarming.watching import watch
from backups.exceptions import RecoveryKeyMissing
from backups.models import Pulse, RecoveryKey
from backups.recovery_keys.checking import check_keys, opened_and_noted
from backups.recovery_keys.escrow import make_escrow
from backups.recovery_keys.rotating import rewrap_all, rotate_tenant_key
from backups.recovery_keys.wrapping import new_identity, wrap_identity
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.alarming.conftest import copied, standing

pytestmark = pytest.mark.usefixtures("quiet")


def watched() -> set[tuple[str, str]]:
    with bound_to(CATALOG):
        watch()
    return standing()


def says() -> str:
    with bound_to(CATALOG):
        return Alarm.objects.get(closed_at=None).says


def probed() -> tuple[list[str], int]:
    with bound_to(CATALOG):
        found = look()
    return found["problems"], found["keys_in_trouble"]


def figure(client: Client) -> tuple[str, str]:
    [shown] = [each for each in client.get("/backups/").context["figures"] if each.label == "Recovery keys"]
    return shown.tone, str(shown.says)


def test_while_every_key_opens_and_is_escrowed_nobody_is_alarmed(oscar_client: Client) -> None:
    check_keys()
    assert watched() == set()
    assert probed() == ([], 0)
    assert figure(oscar_client) == ("good", "Everybody has one")


def test_a_blob_that_was_moved_alarms_until_it_is_put_back(acme: Tenant, oscar_client: Client) -> None:
    with bound_to(CATALOG):
        key = RecoveryKey.objects.get(tenant=acme)
        RecoveryKey.objects.filter(pk=key.pk).update(wrapped=wrap_identity(new_identity()[0]))
    check_keys()
    assert watched() == {("keys", acme.schema_name)}
    assert (
        says()
        == "The recovery key of acme, version 1, can't be opened: What is wrapped there isn't this key."
    )
    assert probed() == (["keys"], 1)
    assert figure(oscar_client) == ("bad", "1 can't be opened")
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(pk=key.pk).update(wrapped=key.wrapped)
    check_keys()
    assert watched() == set()


def test_a_key_that_is_missing_for_a_stored_copy_alarms_until_an_escrow_brings_it_back(acme: Tenant) -> None:
    """A newer one is there, so that copies go on being taken, and nobody would notice."""
    with bound_to(CATALOG):
        copied(acme, key_version=1)
        older = RecoveryKey.objects.get(tenant=acme)
        rotate_tenant_key(acme)
        check_keys()
        assert watched() == set()
        lost = RecoveryKey.objects.filter(pk=older.pk)
        lost.delete()
    assert watched() == {("keys", acme.schema_name)}
    assert says() == "The recovery key of acme, version 1, is missing, and copies need it: restore an escrow."
    with bound_to(CATALOG):
        older.save(force_insert=True)
        assert watched() == set()
        lost.update(wrapped=b"", destroyed_at=timezone.now())
        assert watched() == set()


def test_the_catalogs_missing_key_alarms_as_well(acme: Tenant) -> None:
    with bound_to(CATALOG):
        copied(None, key_version=7)
        copied(acme, key_version=7, removed_at=timezone.now())
        check_keys()
    assert watched() == {("keys", "catalog")}


@pytest.mark.parametrize("wrong", [True, False])
def test_a_drill_or_a_restore_that_needs_a_key_finds_out_before_the_daily_check(
    acme: Tenant, wrong: bool
) -> None:
    with bound_to(CATALOG):
        key = RecoveryKey.objects.get(tenant=acme)
        if wrong:
            RecoveryKey.objects.filter(pk=key.pk).update(wrapped=wrap_identity(new_identity()[0]))
        else:
            RecoveryKey.objects.filter(pk=key.pk).update(trouble="It was wrong before.")
        key.refresh_from_db()
    if wrong:
        with pytest.raises(RecoveryKeyMissing):
            opened_and_noted(key)
    else:
        opened_and_noted(key)
    assert watched() == ({("keys", acme.schema_name)} if wrong else set())


@pytest.mark.parametrize(("days", "stands"), [(1.9, False), (2.1, True)])
def test_a_key_that_nobody_opened_for_two_days_alarms(
    acme: Tenant, oscar_client: Client, days: float, stands: bool
) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant=acme).update(checked_at=timezone.now() - timedelta(days=days))
    assert watched() == ({("keys", acme.schema_name)} if stands else set())
    assert (figure(oscar_client) == ("bad", "1 wasn't checked")) is stands


def test_whoever_has_no_key_alarms_and_the_catalog_too(acme: Tenant) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant__in=[acme]).delete()
        RecoveryKey.objects.filter(tenant=None).delete()
    assert watched() == {("keys", acme.schema_name), ("keys", "catalog")}
    assert probed() == (["keys"], 2)


def test_a_key_for_former_recipients_alarms_until_it_is_wrapped_anew(
    acme: Tenant, oscar_client: Client
) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant=acme).update(wrapped_for="age1former")
    assert watched() == {("keys", acme.schema_name)}
    assert figure(oscar_client) == ("warn", "Some are for former recipients")
    rewrap_all()
    assert watched() == set()


def test_a_customer_who_is_being_closed_is_no_trouble(acme: Tenant) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant=acme).update(trouble="It was destroyed.")
        Tenant.objects.filter(pk=acme.pk).update(state="closing")
    assert watched() == set()


def test_an_escrow_of_27_hours_ago_alarms_until_there_is_another(
    oscar_client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.AMANA_ESCROW_DIR = tmp_path
    at = timezone.now() - timedelta(hours=27)
    with bound_to(CATALOG):
        Pulse.objects.filter(name=Pulse.ESCROW).update(at=at)
    assert watched() == {("escrow", "")}
    assert says() == (
        f"The newest escrow of the recovery keys is of {at:%Y-%m-%d %H:%M} UTC: look at the worker control."
    )
    assert probed() == (["escrow"], 0)
    assert figure(oscar_client) == ("bad", "Not escrowed for a day")
    make_escrow()
    assert watched() == set()


@pytest.mark.parametrize(("hours", "stands"), [(25, False), (27, True)])
def test_a_platform_of_today_has_time_for_its_first_escrow(hours: float, stands: bool) -> None:
    with bound_to(CATALOG):
        Pulse.objects.filter(name=Pulse.ESCROW).delete()
        Pulse.objects.filter(name=Pulse.PLANNER).update(since=timezone.now() - timedelta(hours=hours))
    assert watched() == ({("escrow", "")} if stands else set())
