"""The commands as they are typed, in processes of their own; without credentials they are handed to control."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from keys.data_keys import current_data_key
from keys.remembering import memory
from keys.shredding import shred_row
from tenants.binding import CATALOG, bound_to
from tenants.control import ControlRun, carry_out_run
from tenants.models import Tenant
from tests.keys.vault.models import Buyer, Credential
from tests.support.command_line import manage


def said(capsys: pytest.CaptureFixture[str], *command: str) -> list[str]:
    call_command(*command)
    return capsys.readouterr().out.splitlines()


def test_data_keys_of_one_tenant_are_rotated(initech: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    with bound_to(initech):
        Credential.objects.create(login="secret")
        Buyer.objects.create(name="Ana")
    words = f"{initech.slug}: version 2, 1 rows and 1 row keys encrypted anew"
    assert said(capsys, "rotate_data_keys", initech.slug) == [words]


def test_those_of_everybody(acme: Tenant, globex: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "rotate_data_keys")
    assert [line.partition(":")[0] for line in lines] == ["the platform", "acme", "globex"]


def test_as_typed_with_tenant(new_tenant: Callable[[], Tenant]) -> None:
    tenant = new_tenant()
    done = manage("rotate_data_keys", "--tenant", tenant.slug)
    assert (done.code, done.output) == (
        0,
        f"{tenant.slug}: version 2, 0 rows and 0 row keys encrypted anew\n",
    )
    with bound_to(tenant):
        memory.forget()
        assert current_data_key().version == 2


def test_control_carries_it_out_for_who_has_no_credential(initech: Tenant) -> None:
    tenant = initech
    with bound_to(CATALOG):
        run = ControlRun.objects.create(command="rotate_data_keys", options={"slug": tenant.slug})
    carry_out_run(run.pk)
    with bound_to(CATALOG):
        run.refresh_from_db()
        run.delete()
    assert (run.error, run.output) == (
        "",
        f"{tenant.slug}: version 2, 0 rows and 0 row keys encrypted anew\n",
    )


def test_the_master_key_is_rotated(databases: None, capsys: pytest.CaptureFixture[str]) -> None:
    words = "0 keys were wrapped anew; all are under the master key “k1” now."
    assert said(capsys, "rotate_master_key") == [words]


def test_an_escrow_is_written_and_not_restored_over_what_is_there(
    databases: None, capsys: pytest.CaptureFixture[str], settings: Settings, tmp_path: Path
) -> None:
    settings.AMANA_ESCROW_DIR = tmp_path
    [line] = said(capsys, "escrow_keys")
    [path] = tmp_path.iterdir()
    assert line.startswith(f"{path} was written; it ends on 20")
    with pytest.raises(CommandError, match="The key store isn't empty"):
        call_command("restore_escrow", str(path))
    with pytest.raises(CommandError, match="can't be read: No such file"):
        call_command("restore_escrow", str(tmp_path / "nothing"))


def test_an_older_data_key_is_destroyed_when_its_tenant_is_named_twice(
    initech: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "rotate_data_keys", initech.slug)
    command = ["shred_data_key", initech.slug, "1", "--reason", "leaked"]
    with pytest.raises(CommandError, match="nothing was done"):
        call_command(*command)
    [line] = said(capsys, *command, "--confirm", initech.slug)
    assert line.startswith(f"data key version 1 of {initech.pk}: 1 destroyed on ")
    with pytest.raises(CommandError, match="Version 2 is in use"):
        call_command("shred_data_key", initech.slug, "2", "--reason", "x", "--confirm", initech.slug)


def test_certificates_are_listed(initech: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    with bound_to(initech):
        certificate = shred_row(Buyer.objects.create(name="Ana"), "alice", "asked for")
    assert said(capsys, "shredded_keys", initech.slug) == [str(certificate)]
    [row] = json.loads("\n".join(said(capsys, "shredded_keys", initech.slug, "--json")))
    assert (row["id"], row["genuine"]) == (str(certificate.id), True)
