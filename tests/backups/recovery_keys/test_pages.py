"""Operators see how the recovery keys are, and rotate one or all where the keys are held."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings as product
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.granting import end
from accounts.models import User
from backups.models import Backup, RecoveryKey
from backups.recovery_keys.checking import check_keys
from backups.recovery_keys.escrow import make_escrow
from backups.recovery_keys.finding import current_key
from backups.recovery_keys.health import health, versions
from backups.recovery_keys.rotating import rotate_tenant_key
from backups.recovery_keys.wrapping import new_identity
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant, TenantState
from tests.support import fleet

OPERATOR = product.OPERATOR_URLCONF


def url(name: str, *arguments: object) -> str:
    return reverse(f"recovery-keys:{name}", OPERATOR, arguments)


@pytest.fixture(autouse=True)
def escrows(settings: Settings, tmp_path: Path) -> None:
    settings.AMANA_ESCROW_DIR = tmp_path


def words(client: Client, name: str = "key-list", *arguments: object) -> str:
    answer = client.get(url(name, *arguments))
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def job_of(kind: str) -> Job:
    with bound_to(CATALOG):
        return Job.objects.filter(kind=kind).latest("pk")


def test_all_is_well_once_the_drill_worker_opened_every_key(acme: Tenant, oscar_client: Client) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant=acme).update(
            made_at=timezone.now() - timedelta(days=3), checked_at=None
        )
    page = words(oscar_client)
    assert "1 key wasn't opened by the drill worker within two days" in page
    assert "never Overdue" in page
    check_keys()
    make_escrow()
    assert "The drill worker opened every key, and they are escrowed." in words(oscar_client)


def test_each_version_is_shown_with_how_many_copies_it_opens(acme: Tenant, oscar_client: Client) -> None:
    with bound_to(CATALOG):
        for _ in range(2):
            Backup.objects.create(tenant=acme, tier="manual", state="done", key_version=1)
        Backup.objects.create(
            tenant=acme, tier="manual", state="done", key_version=1, removed_at=timezone.now()
        )
        rotate_tenant_key(acme)
        told = [(each.version, each.copies, each.is_newest) for each in versions() if each.owner == "acme"]
    assert told == [(2, 0, True), (1, 2, False)]
    assert re.search(r"Acme Encrypts new copies 2 0 .* Acme Opens older copies 1 2 ", words(oscar_client))


def test_what_is_wrong_is_said_with_what_to_do(
    acme: Tenant, globex: Tenant, oscar_client: Client, settings: Settings
) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant=acme).update(recipient=new_identity()[1])
        RecoveryKey.objects.filter(tenant=globex).delete()
    settings.AMANA_RECOVERY_RECIPIENTS = ""
    shown = words(oscar_client)
    assert "Name two offline keys and the drill worker's on every process" in shown
    assert "1 key can't be opened or believed" in shown
    assert "Acme Can't be opened It isn't a key that we made for this owner." in shown
    assert "No copy can be taken of these, since they have no key. Run prepare: it makes one. Globex" in shown
    assert "0 of 2" in shown


def test_other_recipients_than_todays_are_told(acme: Tenant, oscar_client: Client) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant=acme).update(wrapped_for="age1former")
    assert "1 key is wrapped for other recipients than today's. Wrap all anew." in words(oscar_client)


def test_an_escrow_of_two_days_ago_is_late(acme: Tenant, catalog: None) -> None:
    make_escrow()
    with bound_to(CATALOG):
        now = health(versions())
        assert not now.is_escrow_late
        assert now.escrow_at
        assert now.escrow_at > timezone.now() - timedelta(minutes=1)
        at = now.escrow_at
        assert replace(now, escrow_at=at - timedelta(hours=27)).is_escrow_late
        none = replace(now, escrow_at=None)
        assert [replace(none, is_new=each).is_escrow_late for each in (False, True)] == [True, False]
        assert not replace(none, is_new=True).is_well
        assert re.fullmatch(r"recovery-keys-\d{8}T\d{6}Z\.escrow", now.escrow_file)


def test_a_key_is_rotated_after_a_question_by_control(acme: Tenant, oscar_client: Client) -> None:
    question = words(oscar_client, "rotate", acme.pk)
    assert "Copies that are there stay openable with the key they were taken with." in question
    with bound_to(CATALOG):
        assert current_key(acme).version == 1

    answer = oscar_client.post(url("rotate", acme.pk))

    job = job_of("backups.rotate_recovery_key")
    assert answer["Location"] == reverse("jobs:job-detail", OPERATOR, [job.pk])
    assert job.arguments == {"tenant": str(acme.pk), "name": "Acme"}
    with bound_to(CATALOG):
        assert current_key(acme).version == 1  # web can't: it holds no key that signs one
    carry_out(CATALOG, job.pk)
    with bound_to(CATALOG):
        job.refresh_from_db()
        assert (job.state, job.result, current_key(acme).version) == ("done", {"version": 2}, 2)


def test_that_of_the_catalog_too(oscar_client: Client) -> None:
    with bound_to(CATALOG):
        before = current_key(None).version
    oscar_client.post(url("rotate-catalogs"))
    carry_out(CATALOG, job_of("backups.rotate_recovery_key").pk)
    with bound_to(CATALOG):
        assert current_key(None).version == before + 1


def test_all_are_wrapped_anew_and_checked_by_the_drill_worker(acme: Tenant, oscar_client: Client) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant=acme).update(wrapped_for="age1former")
    oscar_client.post(url("rewrap"))
    oscar_client.post(url("check"))
    for kind, result in (("rewrap", {"done": 1, "left": 0}), ("check", {"troubled": 0})):
        job = job_of(f"backups.{kind}_recovery_keys")
        carry_out(CATALOG, job.pk)
        with bound_to(CATALOG):
            job.refresh_from_db()
        assert (job.state, job.result) == ("done", result)


def test_a_tenant_that_is_closed_meanwhile_gets_no_key(acme: Tenant, oscar_client: Client) -> None:
    oscar_client.post(url("rotate", acme.pk))
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state=TenantState.CLOSING)
    job = job_of("backups.rotate_recovery_key")
    carry_out(CATALOG, job.pk)
    with bound_to(CATALOG):
        job.refresh_from_db()
        assert job.state == "failed"
        assert RecoveryKey.objects.filter(tenant=acme).count() == 1
    assert oscar_client.get(url("rotate", acme.pk)).status_code == 404


def test_whoever_may_only_look_tries_no_rotation_again(
    acme: Tenant, operator_client: Client, oscar: User, catalog: None
) -> None:
    """Oscar's failed, and he still may: who asks now counts, too."""
    with bound_to(CATALOG):
        rita = User.objects.invite("rita@amana.example", "Rita")
        fleet.give(rita, "platform.key:view")
        fleet.let_in(operator_client, rita)
        job = Job.objects.create(
            kind="backups.rotate_recovery_key", owner_id=oscar.pk, state="failed", arguments={"name": "Acme"}
        )
    page = operator_client.get(f"/jobs/{job.pk}/").content.decode()
    assert "Rotate the recovery key of Acme" in page
    assert "/retry/" not in page
    for verb in ("retry", "cancel"):
        assert operator_client.post(f"/jobs/{job.pk}/{verb}/").status_code == 403
    with bound_to(CATALOG):
        job.refresh_from_db()
        assert (job.state, job.owner_id, current_key(acme).version) == ("failed", oscar.pk, 1)
        fleet.let_in(operator_client, oscar)
    assert operator_client.post(f"/jobs/{job.pk}/retry/").status_code == 302
    with bound_to(CATALOG):
        job.refresh_from_db()
        assert job.state == "queued"


def test_whoever_lost_the_right_meanwhile_rotates_nothing(
    acme: Tenant, operator_client: Client, catalog: None
) -> None:
    with bound_to(CATALOG):
        rita = User.objects.invite("rita@amana.example", "Rita")
        held = fleet.give(rita, "platform.key:view", "platform.key:rotate")
        fleet.let_in(operator_client, rita)
    operator_client.post(url("rotate", acme.pk))
    with bound_to(CATALOG):
        end(held, by=None, reason="left")
    job = job_of("backups.rotate_recovery_key")
    carry_out(CATALOG, job.pk)
    with bound_to(CATALOG):
        job.refresh_from_db()
        assert (job.state, current_key(acme).version) == ("failed", 1)
