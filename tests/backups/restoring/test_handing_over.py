"""A log is left behind only where it really can't be carried over; who was shut out stays out all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg.errors import UndefinedTable

from accounts.models import User
from audit.reading import read
from backups.exceptions import RestoreRefused
from backups.models import Restore
from backups.restoring import asking
from backups.restoring.carrying import carry
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant
from tests.backups.restoring.conftest import ALICE, Kept
from tests.lifecycle.looking import superuser
from tests.sealing.sealed import seal_now, verified


@contextmanager
def unreadable(tenant: Tenant, *, for_good: bool = False) -> Iterator[None]:
    """Its seals aren't where they should be."""
    with superuser(tenant.schema_name) as connection:
        connection.execute("ALTER TABLE audit.seal RENAME TO torn")
        yield
        if not for_good:
            connection.execute("ALTER TABLE audit.torn RENAME TO seal")


def ask(kept: Kept, restore: Restore, *, leave_log: bool) -> Operation:
    with bound_to(CATALOG):
        return asking.ask_swap(restore, "operator:oscar", kept.tenant.slug, leave_log=leave_log)


def now(restore: Restore) -> Restore:
    with bound_to(CATALOG):
        return Restore.objects.select_related("swap").get(pk=restore.pk)


def lets_alice_in(tenant: Tenant) -> bool:
    with bound_to(tenant):
        return User.objects.get(email=ALICE).is_active


def shut_out_alice(tenant: Tenant) -> None:
    with bound_to(tenant):
        User.objects.filter(email=ALICE).update(is_active=False)


def test_a_log_that_nobody_has_tried_is_not_left_behind(kept: Kept) -> None:
    restore = kept.agreed()
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(state="ready")
    with pytest.raises(RestoreRefused, match="no try has failed at it"):
        ask(kept, restore, leave_log=True)
    assert (now(restore).swap, now(restore).leaves_log) == (None, False)


def test_a_log_that_can_be_carried_over_is_whatever_was_ticked(kept: Kept) -> None:
    old = kept.fresh()
    with bound_to(old):
        Contact.objects.create(name="Written since")
        since = read(1)[0].id
    restore = kept.ready()
    with unreadable(old), pytest.raises(UndefinedTable):
        carry(ask(kept, restore, leave_log=False).pk)
    assert (now(restore).state, kept.fresh().schema_name) == ("ready", old.schema_name)
    assert "audit.seal" in now(restore).log_trouble

    carry(ask(kept, restore, leave_log=True).pk)

    assert now(restore).state == "swapped"
    assert kept.fresh().place.chain == old.place.chain
    with bound_to(kept.fresh()):
        assert since in [event.id for event in read(1000)]
    assert verified(kept.fresh()) == ""


def test_who_was_shut_out_stays_out_of_a_log_that_begins_anew(kept: Kept) -> None:
    old = kept.fresh()
    restore = kept.ready()
    shut_out_alice(old)
    with unreadable(old, for_good=True):
        with pytest.raises(UndefinedTable):
            carry(ask(kept, restore, leave_log=False).pk)
        carry(ask(kept, restore, leave_log=True).pk)

    tenant = kept.fresh()
    assert (now(restore).state, tenant.log_name) == ("swapped", restore.new_database)
    assert not lets_alice_in(tenant)
    assert verified(tenant) == ""
    assert seal_now(tenant).batches == 1
    with bound_to(CATALOG):
        assert "backups.log_begun_anew" in [event.action for event in read(20)]
