"""A copy of the wrapped identities: whole, believed only as it was signed, restorable, and gone in time."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from pytest_django import Settings

from backups.exceptions import EscrowRefused
from backups.models import RecoveryKey
from backups.recovery_keys.destroying import destroy_tenant_key
from backups.recovery_keys.escrow import (
    NAME,
    ends_at,
    escrow_what_is_new,
    escrows,
    expire_escrows,
    made_at,
    make_escrow,
    restore_escrow,
)
from backups.recovery_keys.finding import current_key
from backups.recovery_keys.opening import opened
from backups.recovery_keys.rotating import rotate_tenant_key
from backups.recovery_keys.wrapping import unwrap_identity
from keys.escrow import expire_escrows as expire_those_of_the_key_store
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.recovery_keys.looking import now, recorded


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.AMANA_ESCROW_DIR = tmp_path / "escrow"
    return tmp_path / "escrow" / "recovery-keys"


def content() -> list[dict[str, Any]]:
    with bound_to(CATALOG):
        return [
            {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
            for row in RecoveryKey.objects.usable()
            .order_by("tenant", "version")
            .values("tenant", "version", "recipient", "signature", "wrapped", "wrapped_for", "made_at")
        ]


def lose() -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.all().delete()


def test_what_was_lost_comes_back_whole(acme: Tenant, catalog: None) -> None:
    with bound_to(CATALOG):
        rotate_tenant_key(acme)
    path, before, since = make_escrow(), content(), now()
    lose()
    assert content() == []
    assert restore_escrow(path) == (len(before), 0)
    assert content() == before
    with bound_to(CATALOG):
        opened(current_key(acme))
    words = f"{len(before)} recovery keys were put back from the copy {path.name}"
    assert recorded("backups.escrow_restored", since) == [("done", words)]


def test_it_holds_nothing_that_opens_without_a_key(acme: Tenant, catalog: None, folder: Path) -> None:
    path = make_escrow()
    with bound_to(CATALOG):
        identity = opened(current_key(acme))
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"AGE-SECRET-KEY" not in path.read_bytes()
    assert identity.encode() not in path.read_bytes()
    assert [each.name for each in folder.iterdir()] == [path.name]


def test_a_line_of_it_opens_without_our_code(acme: Tenant, catalog: None, settings: Settings) -> None:
    """With an offline key: here the drill worker's stands for it."""
    lines = map(json.loads, make_escrow().read_text().splitlines())
    [line] = [each for each in lines if each.get("tenant") == str(acme.pk)]
    with bound_to(CATALOG):
        identity = opened(current_key(acme))
    assert unwrap_identity(base64.b64decode(line["wrapped"]), settings.AMANA_DRILL_KEY) == identity


@pytest.mark.parametrize(
    "damage",
    [
        lambda told: told[:-3],
        lambda told: b"".join(told.splitlines(keepends=True)[:-1]),
        lambda told: b"".join(told.splitlines(keepends=True)[1:]),
        lambda told: b"".join(told.splitlines(keepends=True)[:1] + told.splitlines(keepends=True)[2:]),
        lambda told: told.replace(b'"version": 1', b'"version": 2', 1),
        lambda told: told[:400] + bytes([told[400] ^ 1]) + told[401:],
        lambda _told: b"",
        lambda _told: b"[]\n{}\n",
    ],
    ids=[
        "bytes less",
        "no signature",
        "no head",
        "a key less",
        "a number changed",
        "a bit changed",
        "empty",
        "no escrow",
    ],
)
def test_an_altered_one_is_refused_and_puts_nothing_back(
    damage: Callable[[bytes], bytes], acme: Tenant, catalog: None
) -> None:
    path, before = make_escrow(), now()
    path.write_bytes(damage(path.read_bytes()))
    lose()
    with pytest.raises(EscrowRefused, match=r"altered or cut short|isn't a whole escrow"):
        restore_escrow(path)
    assert content() == []
    words = f"No recovery key was put back from the copy {path.name}"
    assert recorded("backups.escrow_restored", before) == [("refused", words)]


def test_what_is_there_stays_as_it_is(acme: Tenant, catalog: None) -> None:
    path, rows = make_escrow(), len(content())
    with bound_to(CATALOG):
        rotate_tenant_key(acme)
    before = content()
    assert restore_escrow(path) == (0, rows)
    assert content() == before


def test_another_key_of_the_same_number_stops_all_of_it(acme: Tenant, catalog: None) -> None:
    path = make_escrow()
    with bound_to(CATALOG):
        globexs = RecoveryKey.objects.exclude(tenant=acme).exclude(tenant=None).order_by("pk").first()
        assert globexs
        RecoveryKey.objects.exclude(tenant=acme).delete()
        RecoveryKey.objects.filter(tenant=acme).update(recipient=globexs.recipient)
    before = content()
    with pytest.raises(EscrowRefused, match="Version 1 of acme is another key here: nothing was done"):
        restore_escrow(path)
    assert content() == before


def test_what_was_destroyed_since_stays_destroyed_even_where_the_catalog_forgot(
    acme: Tenant, catalog: None
) -> None:
    path, rows = make_escrow(), len(content())
    with bound_to(CATALOG):
        destroy_tenant_key(acme, "test", "the end")
    lose()
    assert restore_escrow(path) == (rows - 1, 1)
    with bound_to(CATALOG):
        assert not RecoveryKey.objects.filter(tenant=acme).exists()


def test_beat_makes_one_a_day_and_when_a_key_is_new_or_wrapped_anew(acme: Tenant, catalog: None) -> None:
    first = escrow_what_is_new()
    assert first
    assert escrow_what_is_new() is None
    aged = first.rename(first.with_name(f"{made_at(first) - timedelta(minutes=5):{NAME}}"))
    with bound_to(CATALOG):
        rotate_tenant_key(acme)
    second = escrow_what_is_new()
    assert escrows() == [aged, second]
    assert second
    aged.unlink()
    second.rename(second.with_name(f"{made_at(second) - timedelta(hours=23):{NAME}}"))
    assert escrow_what_is_new()


def test_it_ends_before_certificates_say_so(folder: Path, databases: None) -> None:
    at = timezone.now().astimezone(UTC)
    ages = {
        "old": timedelta(days=3),
        "nearly": timedelta(days=2, hours=22, minutes=1),
        "young": timedelta(days=2),
    }
    folder.mkdir(parents=True)
    paths = {name: folder / f"recovery-keys-{at - age:%Y%m%dT%H%M%SZ}.escrow" for name, age in ages.items()}
    for path in paths.values():
        path.touch()
    expire_those_of_the_key_store()
    assert {*escrows()} == {*paths.values()}
    assert {*expire_escrows()} == {paths["old"], paths["nearly"]}
    assert escrows() == [paths["young"]]
    assert ends_at(paths["young"]) == (at - timedelta(days=2)).replace(microsecond=0) + timedelta(days=3)


def test_one_that_was_kept_too_long_isnt_restored(
    acme: Tenant, catalog: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_escrow()
    lose()
    later = datetime.now(UTC) + timedelta(days=3, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(EscrowRefused, match="has reached its end"):
        restore_escrow(path)
    assert content() == []


def test_the_commands_say_what_they_did(
    acme: Tenant, catalog: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call_command("escrow_recovery_keys")
    [path] = escrows()
    assert capsys.readouterr().out.startswith(f"{path} was written; it ends on 20")
    rows = len(content())
    lose()
    call_command("restore_recovery_keys", str(path))
    assert capsys.readouterr().out.startswith(f"{rows} keys were put back; 0 were left out")
    with pytest.raises(CommandError, match="can't be read: No such file"):
        call_command("restore_recovery_keys", str(tmp_path / "nothing"))
    path.write_text("{}\n")
    with pytest.raises(CommandError, match="isn't a whole escrow"):
        call_command("restore_recovery_keys", str(path))


def test_without_the_other_machines_disk_none_is_made_on_ours(settings: Settings, tmp_path: Path) -> None:
    settings.AMANA_ESCROW_IS_REMOTE, settings.AMANA_ESCROW_DIR = True, tmp_path / "not-mounted"
    for act in (make_escrow, escrow_what_is_new, expire_escrows):
        with pytest.raises(EscrowRefused, match="isn't mounted"):
            act()
    assert not (tmp_path / "not-mounted").exists()
