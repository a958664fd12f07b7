"""What the law demands of a closed customer is restored beside, while a copy of it is on hold."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import TotpDevice
from backups.exceptions import RestoreRefused
from backups.keeping.holding import hold, release
from backups.models import RecoveryKey, Restore
from backups.recovery_keys.closed import end_of_closed
from backups.restoring import asking
from backups.restoring.beside import drop_what_is_over
from backups.restoring.carrying import carry
from backups.restoring.steps import new_place
from backups.taking import take
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation
from tests.backups.conftest import claimed
from tests.backups.restoring.conftest import ALICE, Kept, drill_worker
from tests.lifecycle.looking import databases
from tests.support import fleet
from tests.support.authenticator import give_device

OSCAR = "operator:oscar@amana.example"


@pytest.fixture
def closed(databases: None, tmp_path: Path) -> Iterator[Kept]:
    """Wayland, closed while a copy of it is on hold."""
    with override_settings(AMANA_BACKUP_STORE=f"file://{tmp_path}"):
        tenant = fleet.provision(name="Wayland")
        with bound_to(tenant):
            give_device(fleet.add_user(ALICE, "Alice", "owner"), key="JBSWY3DPEHPK3PXP")
            Contact.objects.create(name="Zanzibar Spice Ltd")
        backup = claimed(tenant)
        take(backup)
        hold(backup, timezone.now() + timedelta(days=9), "Case 7/2026", OSCAR)
        fleet.close(tenant)
        with drill_worker():
            yield Kept(tenant, backup, tmp_path)


@pytest.mark.slow
def test_it_is_restored_beside_with_what_was_encrypted_and_never_again_once_the_hold_is_over(
    closed: Kept,
) -> None:
    restore = closed.ask(purpose="legal")
    with bound_to(CATALOG):
        asking.approve(restore, "operator:priya")
        operation = asking.begin(restore, OSCAR)
    carry(operation.pk)

    ready = closed.restore(operation)
    assert (ready.state, ready.comparison["number"]) == (Restore.State.READY, 0)
    with bound_to(new_place(ready)):
        assert [*Contact.objects.values_list("name", flat=True)] == ["Zanzibar Spice Ltd"]
        assert TotpDevice.objects.get().key == "JBSWY3DPEHPK3PXP"
    with bound_to(CATALOG), pytest.raises(RestoreRefused, match="isn't put in force"):
        asking.ask_swap(ready, OSCAR, closed.tenant.slug)
    end_of_closed("beat")
    assert closed.restore(operation).state == Restore.State.READY

    _let_go(closed, operation, ready)
    with pytest.raises(RestoreRefused, match="nothing opens it any more"):
        closed.ask(purpose="legal")


def _let_go(closed: Kept, operation: Operation, ready: Restore) -> None:
    """What stands beside is given up first; the keys are destroyed once it is gone, and not before."""
    usable = RecoveryKey.objects.usable().filter(tenant=closed.tenant)
    release(closed.backup, "Settled", "operator:priya")
    end_of_closed("beat")
    given_up = closed.restore(operation)
    assert (given_up.state, given_up.error) == ("given_up", "No copy of it is on hold any more.")
    with bound_to(CATALOG):
        assert usable.exists()
    drop_what_is_over()
    assert ready.new_database not in databases()
    end_of_closed("beat")
    with bound_to(CATALOG):
        assert not usable.exists()
