"""What the platform does to tenants is recorded in its own log, and its trail stays the one truth about their life."""

import pytest
from django.core.management.base import CommandError

from audit.reading import read
from tenants import isolation
from tenants.binding import CATALOG, bound_to
from tenants.control import ControlRun, carry_out_run
from tenants.fleet import _migrate
from tenants.isolation import Finding
from tenants.management.commands.create_tenant import Command
from tenants.models import Tenant, TenantMigration
from tenants.templating import ensure_template
from tests.audit.looking import Line, lines, newest


def test_a_wall_that_was_repaired_and_one_that_is_not_held(
    monkeypatch: pytest.MonkeyPatch, catalog: None
) -> None:
    outcomes = ("held", "repaired", "not held: a table is bare", "not visible")
    findings = [Finding("acme", "no large objects", outcome) for outcome in outcomes]
    monkeypatch.setattr(isolation, "_look_around", lambda repair: iter(findings))
    before = newest(CATALOG)

    assert [*isolation.check_fleet(repair=True)] == findings

    name = "tenants.wall_checked"
    assert lines(CATALOG, before) == [
        Line(name, "done", "test", "The wall “no large objects” of acme was repaired"),
        Line(name, "failed", "test", "The wall “no large objects” of acme is not held"),
    ]


def test_a_migration_that_was_done_and_one_that_failed(catalog: None, acme: Tenant) -> None:
    template = ensure_template()
    with bound_to(CATALOG):
        done = TenantMigration.objects.create(tenant=acme, fingerprint=template.fingerprint)
        away = Tenant.objects.create(slug="nowhere", name="Nowhere", server=acme.server, state="active")
        failed = TenantMigration.objects.create(tenant=away, fingerprint=template.fingerprint)
    before = newest(CATALOG)
    _migrate(done, template)
    _migrate(failed, template)
    assert lines(CATALOG, before) == [
        Line("tenants.migrated", "done", "test", "acme was migrated to this release"),
        Line("tenants.migrated", "failed", "test", "Migrating nowhere failed (OperationalError)"),
    ]


def test_a_command_that_control_carried_out_and_one_that_failed(databases: None) -> None:
    before = newest(CATALOG)
    for options in (
        {"plan": True, "claim": False, "processes": 1},
        {"plan": True, "claim": None, "processes": "?"},
    ):
        with bound_to(CATALOG):
            run = ControlRun.objects.create(command="migrate_fleet", options=options)
        carry_out_run(run.pk)
    command = Command()
    with pytest.raises(CommandError):
        command.carry_out(
            print, slug="!", name="x", language="en", owner_email="olivia@example.org", owner_name="Olivia"
        )
    assert lines(CATALOG, before)[-3:] == [
        Line("tenants.command_carried_out", "done", "test", "The command migrate_fleet was carried out"),
        Line("tenants.command_carried_out", "done", "test", "The command migrate_fleet was carried out"),
        Line("tenants.command_carried_out", "failed", "test", "The command create_tenant failed"),
    ]


def test_the_trail_is_written_with_what_it_tells_of_and_logged_once(catalog: None, acme: Tenant) -> None:
    with bound_to(CATALOG):
        before = newest(CATALOG)
        Tenant.objects.get(pk=acme.pk).suspend("operator:oscar", "An invoice")
        [trail] = [each for each in read(50, subject="tenants_tenantevent") if each.id > before]
    assert (trail.action, trail.after["verb"], trail.after["actor"]) == (
        "insert",
        "suspended",
        "operator:oscar",
    )
    assert lines(CATALOG, before) == []
