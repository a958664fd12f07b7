"""From a copy to a site that people sign in to again: every row, file and event of it, and nobody else's."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Session, User
from audit.reading import read
from backups.fingerprints.databases import fingerprint
from backups.fingerprints.digests import Fingerprint
from backups.models import Restore
from backups.restoring import asking
from backups.restoring.beside import drop_what_is_over
from backups.restoring.comparing import everything_readable, rows_now
from backups.restoring.steps import new_place
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.isolation import check_fleet
from tenants.models import Tenant
from tenants.provisioner import owner_of
from tests.backups.restoring.conftest import ALICE, Kept
from tests.lifecycle.looking import databases, files_of, roles, superuser, walls_down
from tests.sealing.sealed import seal_now, verified
from tests.support import fleet


def test_it_is_restored_beside_and_the_present_one_is_untouched(kept: Kept) -> None:
    with bound_to(kept.tenant):
        Contact.objects.create(name="Written since")

    restore = kept.ready()

    assert restore.state == "ready"
    assert restore.comparison["differences"] == []
    assert restore.comparison["tables"]["public.contacts_contact"] == {"copy": 2, "restored": 2, "now": 3}
    with bound_to(new_place(restore)):
        assert sorted(Contact.objects.values_list("name", flat=True)) == ["Zanzibar Spice Ltd", "نخيل الرياض"]
        with default_storage.open("papers/contract.txt") as file:
            assert file.read() == b"signed"
    assert kept.fresh().schema_name == kept.tenant.schema_name
    with bound_to(kept.tenant):
        assert Contact.objects.count() == 3


def test_once_in_force_people_sign_in_to_what_was_restored(
    kept: Kept, new_tenant: Callable[..., Tenant]
) -> None:
    globex = new_tenant(name="Globex")
    before = _fingerprint(globex)
    old = kept.fresh()
    with bound_to(old):
        alice = User.objects.get(email=ALICE)
        client = fleet.signed_in(old, alice)
        Contact.objects.filter(name="Zanzibar Spice Ltd").delete()
    assert client.get("/contacts/").status_code == 200

    restore = kept.swapped(kept.ready())

    now = kept.fresh()
    assert (restore.state, restore.old_database) == ("swapped", old.schema_name)
    assert (now.schema_name, now.era, now.password_generation) == (
        restore.new_database,
        old.era + 1,
        old.password_generation + 1,
    )
    assert client.get("/contacts/").status_code == 302
    with bound_to(now):
        assert sorted(Contact.objects.values_list("name", flat=True)) == ["Zanzibar Spice Ltd", "نخيل الرياض"]
        assert Session.objects.count() == 0
    again = fleet.client_of(now.primary_host)
    answer = again.post("/sign-in/", {"email": ALICE, "password": fleet.PASSWORD})
    assert answer.status_code == 302
    assert walls_down(now) == []
    assert _fingerprint(globex) == before


def test_the_log_goes_on_unbroken_and_keeps_what_was_written_since_the_copy(kept: Kept) -> None:
    old = kept.fresh()
    with bound_to(old):
        Contact.objects.create(name="Sealed since")
    seal_now(old)
    with bound_to(old):
        Contact.objects.create(name="Not sealed yet")
    restore = kept.ready()
    with bound_to(old):
        Contact.objects.create(name="Written while it was compared")
        before = [(event.id, event.at) for event in read(1000)]

    kept.swapped(restore)

    now = kept.fresh()
    with bound_to(now):
        after = [(event.id, event.at) for event in read(1000) if event.era < now.era]
        newest = read(1)[0]
    assert after == before
    assert newest.action == "backups.restored_here"
    assert newest.era == now.era
    assert newest.id > before[0][0]
    assert verified(now) == ""
    assert seal_now(now).batches == 1
    with bound_to(now):
        Contact.objects.create(name="Written after")
    assert seal_now(now).batches == 1
    assert verified(now) == ""


def test_the_old_one_is_kept_shut_and_dropped_after_its_days(kept: Kept) -> None:
    old = kept.fresh()
    restore = kept.swapped(kept.ready())

    assert old.schema_name in databases()
    with superuser() as connection:
        [(allows,)] = connection.execute(
            "SELECT datallowconn FROM pg_database WHERE datname = %s", [old.schema_name]
        ).fetchall()
    assert allows is False
    assert [str(each) for each in check_fleet(repair=False) if not each.held] == []
    drop_what_is_over()
    assert old.schema_name in databases()

    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(old_kept_until=timezone.now())
    drop_what_is_over()

    assert old.schema_name not in databases()
    assert old.schema_name not in roles()
    assert not files_of(old.place).exists()
    assert kept.fresh().schema_name in databases()


def test_given_up_leaves_nothing(kept: Kept) -> None:
    restore = kept.ready()
    place = new_place(restore)
    assert files_of(place).exists()

    with bound_to(CATALOG):
        asking.give_up(restore, "operator:oscar")
    drop_what_is_over()

    assert place.database not in databases()
    assert place.database not in roles()
    assert not files_of(place).exists()
    assert kept.fresh().schema_name in databases()


def test_what_is_there_now_is_counted_without_waiting_for_whoever_holds_a_table(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backups.restoring.comparing.PATIENCE", "SET lock_timeout = '100ms'")
    place, tables = kept.fresh().place, ("public.contacts_contact", "public.accounts_user", "public.nothing")
    before = rows_now(place, tables)
    assert before.keys() == {"public.contacts_contact", "public.accounts_user"}
    with owner_of(place) as owner, owner.transaction():
        owner.execute("LOCK TABLE contacts_contact IN ACCESS EXCLUSIVE MODE")
        assert rows_now(place, tables) == {"public.accounts_user": before["public.accounts_user"]}
    assert rows_now(replace(place, database="lost"), tables) == {}


def _fingerprint(tenant: Tenant) -> Fingerprint:
    with everything_readable(tenant.place) as connection:
        return fingerprint(connection)
