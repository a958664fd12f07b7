"""Keys are rotated while copies go on being taken, and the older ones open theirs until the last is removed."""

from datetime import timedelta

import pyrage
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from pytest_django import Settings

from backups.exceptions import BackupRefused, RecoveryKeyMissing
from backups.models import Backup, RecoveryKey
from backups.recovery_keys.destroying import certificate_of
from backups.recovery_keys.finding import current_key, key_of
from backups.recovery_keys.following import rewrap_and_follow
from backups.recovery_keys.making import ensure_recovery_key
from backups.recovery_keys.opening import opened
from backups.recovery_keys.rotating import destroy_unneeded, rewrap_all, rotate_tenant_key, to_rewrap
from backups.recovery_keys.wrapping import new_identity, recipient_of, unwrap_identity
from keys.certificates import certificates
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant, TenantState
from tests.backups.recovery_keys.looking import now, recorded
from tests.support.post import at_once


def copy_of(tenant: Tenant | None, version: int) -> Backup:
    return Backup.objects.create(tenant=tenant, tier="manual", state="done", key_version=version)


def test_the_new_version_encrypts_and_the_old_one_opens_what_it_encrypted(
    acme: Tenant, catalog: None
) -> None:
    before = now()
    with bound_to(CATALOG):
        old, copy = current_key(acme), copy_of(acme, 1)
        made = rotate_tenant_key(acme)
        assert (made.version, current_key(acme)) == (2, made)
        assert recipient_of(opened(key_of(copy))) == old.recipient != made.recipient
    words = "The recovery key of acme was rotated; version 2 encrypts now"
    assert recorded("backups.recovery_key_rotated", before) == [("done", words)]


def test_an_old_version_ends_with_its_last_copy_and_not_before(acme: Tenant, catalog: None) -> None:
    with bound_to(CATALOG):
        copy = copy_of(acme, 1)
        newer = rotate_tenant_key(acme)
        assert destroy_unneeded("beat") == []
        RecoveryKey.objects.filter(pk=newer.pk).update(made_at=timezone.now() - timedelta(days=2))
        assert destroy_unneeded("beat") == []  # its copy is there

        Backup.objects.filter(pk=copy.pk).update(removed_at=timezone.now())
        assert [key.version for key in destroy_unneeded("beat")] == [1]
        old = RecoveryKey.objects.get(tenant=acme, version=1)
        with pytest.raises(RecoveryKeyMissing, match="was destroyed on 20"):
            opened(old)
        assert bytes(old.wrapped) == b""
        assert current_key(acme) == newer
        assert destroy_unneeded("beat") == []
        told = certificate_of(old)
    assert told.is_genuine
    assert certificates(of=acme.pk)[0] == told
    assert (told.subject, told.keys, told.by) == ("recovery key version 1", 1, "beat")


def test_what_is_being_encrypted_to_it_at_this_moment_keeps_it(acme: Tenant, catalog: None) -> None:
    """The dump that took it up a moment ago has a day to say so in its row."""
    with bound_to(CATALOG):
        newer = rotate_tenant_key(acme)
        assert destroy_unneeded("beat") == []
        RecoveryKey.objects.filter(pk=newer.pk).update(made_at=timezone.now() - timedelta(days=2))
        later = timezone.now() + timedelta(minutes=1)
        running = Backup.objects.create(
            tenant=acme, tier="manual", state="running", lease_until=later, key_version=1
        )
        assert destroy_unneeded("beat") == []
        Backup.objects.filter(pk=running.pk).update(state="failed")
        assert len(destroy_unneeded("beat")) == 1


def test_globexs_copies_dont_keep_acmes_key_nor_the_other_way(
    acme: Tenant, globex: Tenant, catalog: None
) -> None:
    with bound_to(CATALOG):
        copy_of(globex, 1)
        for tenant in (acme, globex):
            newer = rotate_tenant_key(tenant)
            RecoveryKey.objects.filter(pk=newer.pk).update(made_at=timezone.now() - timedelta(days=2))
        assert [(key.tenant, key.version) for key in destroy_unneeded("beat")] == [(acme, 1)]


def test_a_tenant_that_is_being_closed_gets_none(acme: Tenant, catalog: None) -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state=TenantState.CLOSING)
        with pytest.raises(BackupRefused, match="is being closed"):
            rotate_tenant_key(acme)
        assert RecoveryKey.objects.filter(tenant=acme).count() == 1


def test_a_number_that_a_copy_names_is_never_given_twice(acme: Tenant, catalog: None) -> None:
    """The table of keys was lost, and a start made new ones before the escrow was put back."""
    with bound_to(CATALOG):
        copy_of(acme, 4)
        RecoveryKey.objects.filter(tenant=acme).delete()
        assert ensure_recovery_key(acme).version == 5


@pytest.fixture
def new_recipients(settings: Settings) -> list[str]:
    """Two other offline keys, and another of the drill worker, which holds the old one beside it."""
    offline = [new_identity() for _ in range(2)]
    drill, recipient = new_identity()
    settings.AMANA_RECOVERY_RECIPIENTS = ",".join(public for _, public in offline)
    settings.AMANA_DRILL_RECIPIENT = recipient
    settings.AMANA_DRILL_KEY = f"{drill},{settings.AMANA_DRILL_KEY}"
    return [*[private for private, _ in offline], drill]


def test_all_are_wrapped_for_new_recipients_and_no_longer_for_the_old(
    acme: Tenant, catalog: None, settings: Settings, new_recipients: list[str]
) -> None:
    old = settings.AMANA_DRILL_KEY.rpartition(",")[2]
    before, said = now(), []
    with bound_to(CATALOG):
        waiting, identity = to_rewrap(), opened(current_key(acme))
    assert rewrap_all(lambda done, of: said.append((done, of))) == (waiting, 0)
    assert said[0] == (1, waiting)
    assert said[-1] == (waiting, waiting)
    with bound_to(CATALOG):
        key = current_key(acme)
        assert to_rewrap() == 0
        assert [unwrap_identity(key.wrapped, each) for each in new_recipients] == [identity] * 3
        with pytest.raises(RecoveryKeyMissing):
            unwrap_identity(key.wrapped, old)
    assert rewrap_all() == (0, 0)
    words = f"{waiting} recovery keys were wrapped for the recipients of today"
    assert recorded("backups.recovery_keys_rewrapped", before) == [("done", words)]


def test_cut_off_it_goes_on_where_it_stopped(
    acme: Tenant, globex: Tenant, catalog: None, new_recipients: list[str]
) -> None:
    with bound_to(CATALOG):
        waiting = to_rewrap()

    def killed(done: int, _of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewrap_all(killed)
    with bound_to(CATALOG):
        assert to_rewrap() == waiting - 2
    assert rewrap_all() == (waiting - 2, 0)


def test_without_the_old_key_of_the_drill_worker_nothing_is_lost(
    acme: Tenant, catalog: None, settings: Settings, new_recipients: list[str]
) -> None:
    with bound_to(CATALOG):
        waiting, blob = to_rewrap(), bytes(current_key(acme).wrapped)
    both = settings.AMANA_DRILL_KEY
    settings.AMANA_DRILL_KEY = new_recipients[2]
    assert rewrap_all() == (0, waiting)
    with bound_to(CATALOG):
        assert bytes(current_key(acme).wrapped) == blob
        assert RecoveryKey.objects.troubled().count() == waiting
    settings.AMANA_DRILL_KEY = both
    assert rewrap_all() == (waiting, 0)
    with bound_to(CATALOG):
        assert RecoveryKey.objects.troubled().count() == 0


def test_the_command_tells_of_a_new_version(
    acme: Tenant, catalog: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("rotate_recovery_keys", "acme")
    with bound_to(CATALOG):
        key = current_key(acme)
    assert capsys.readouterr().out == f"acme: version 2 encrypts from now on ({key.recipient})\n"
    call_command("rotate_recovery_keys", "--only-catalog")
    assert capsys.readouterr().out.startswith("catalog: version ")


def test_the_command_says_when_the_drill_worker_is_silent(
    acme: Tenant, catalog: None, new_recipients: list[str]
) -> None:
    with pytest.raises(BackupRefused, match=r"worker lending is silent, \d+ of \d+ keys are left"):
        rewrap_and_follow(print, patience=0)


def test_the_command_says_how_many_are_wrapped_anew(
    acme: Tenant, catalog: None, new_recipients: list[str]
) -> None:
    said: list[str] = []
    with bound_to(CATALOG):
        waiting = to_rewrap()
    with at_once():
        rewrap_and_follow(said.append)
    rewrap_and_follow(said.append)
    assert said == [
        f"{waiting} of {waiting} keys are wrapped anew.",
        "All recovery keys are wrapped for today's recipients: nothing is to be done.",
    ]


def test_the_list_of_keys_ends_with_1_where_one_is_wrong(
    acme: Tenant, catalog: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("recovery_keys", "acme")
    with bound_to(CATALOG):
        key = current_key(acme)
    line = f"{'acme':<20} v1      0 copies  checked never  {key.recipient}\n"
    assert capsys.readouterr().out == line
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(pk=key.pk).update(recipient=new_identity()[1])
    with pytest.raises(CommandError, match="1 recovery keys can't be opened or believed"):
        call_command("recovery_keys", "--json")
    assert '"trouble": "It isn\'t a key that we made for this owner."' in capsys.readouterr().out


def test_a_wrapped_identity_is_an_age_file(acme: Tenant, catalog: None, settings: Settings) -> None:
    with bound_to(CATALOG):
        wrapped = bytes(current_key(acme).wrapped)
    assert wrapped.startswith(b"age-encryption.org/v1\n")
    assert wrapped.count(b"-> X25519 ") == 3
    assert isinstance(pyrage.x25519.Identity.from_str(settings.AMANA_DRILL_KEY), pyrage.x25519.Identity)
