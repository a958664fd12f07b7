"""Each event is in one batch, once, whatever runs meanwhile; a crash at any step is healed by the next round."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from psycopg import errors

from audit import anchor_files, sealing
from audit.anchoring import last_in_catalog
from audit.context import acting
from audit.exceptions import AnchorContradicted, SealingElsewhere
from audit.models import Anchor
from audit.sealer import last_seal, sealer
from audit.verifying import verify
from tenants.binding import CATALOG, bound_to
from tenants.fingerprints import database_fingerprint
from tenants.models import Tenant
from tenants.provisioner import owner_of
from tenants.templating import ensure_template
from tests.sealing.sealed import (
    INSERT,
    SAYS,
    as_tenant,
    batches,
    begin_and_write,
    ids,
    seal_now,
    tampering,
    verified,
    write,
)


def sealed_ids(tenant: Tenant) -> list[int]:
    return sorted(id_ for _, inside in batches(tenant) for id_ in inside)


def test_what_was_sealed_is_not_sealed_again(hooli: Tenant) -> None:
    before = batches(hooli)

    assert seal_now(hooli).batches == 0
    assert batches(hooli) == before


def test_an_open_transactions_events_are_sealed_once_it_has_ended(hooli: Tenant) -> None:
    with as_tenant(hooli) as slow:
        begin_and_write(slow)
        write(hooli, "Olivia Brindley")
        held_up = seal_now(hooli)
        assert (held_up.batches, held_up.oldest_unsealed_at is not None) == (0, True)
        slow.commit()

    done = seal_now(hooli)

    assert (done.batches, done.oldest_unsealed_at) == (1, None)
    assert sealed_ids(hooli) == ids(hooli)
    assert verified(hooli) == ""


def test_what_ended_before_an_open_transaction_began_to_write_is_sealed_at_once(hooli: Tenant) -> None:
    write(hooli, "Olivia Brindley")
    with as_tenant(hooli) as slow:
        begin_and_write(slow)
        assert seal_now(hooli).batches == 1


def test_an_open_transaction_at_globex_holds_up_nobodys_seal_but_its_own(
    hooli: Tenant, new_tenant: Callable[[], Tenant]
) -> None:
    globex = new_tenant()
    with as_tenant(globex) as mallory:
        begin_and_write(mallory)
        write(hooli, "Olivia Brindley")
        assert seal_now(hooli).batches == 1
        assert seal_now(hooli).oldest_unsealed_at is None


def test_mallory_cannot_stop_her_own_logs_sealing_by_a_lock(hooli: Tenant) -> None:
    with as_tenant(hooli) as mallory:
        for statement in ("LOCK TABLE audit.seal", "LOCK TABLE audit.event", "SELECT audit.seal_alone(true)"):
            with pytest.raises(errors.InsufficientPrivilege):
                mallory.execute(statement)
            mallory.rollback()


def test_a_rollback_leaves_a_gap_in_the_ids_and_nothing_is_missing(hooli: Tenant) -> None:
    with as_tenant(hooli) as connection:
        begin_and_write(connection)
        connection.rollback()
    write(hooli, "Olivia Brindley")
    seal_now(hooli)

    assert ids(hooli)[-1] - ids(hooli)[-2] == 2
    assert verified(hooli) == ""


def test_a_large_transaction_makes_batches_of_a_bounded_size(
    hooli: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 100)
    with as_tenant(hooli) as connection:
        connection.execute(SAYS)
        connection.cursor().executemany(INSERT, [()] * 250)

    assert seal_now(hooli).batches == 3
    assert [len(inside) for _, inside in batches(hooli)[3:]] == [100, 100, 50]
    assert verified(hooli) == ""
    with tampering(hooli.schema_name) as forger:
        forger.execute("UPDATE audit.event SET id = 5000 WHERE id = %s", [batches(hooli)[4][1][0]])
    assert verified(hooli) == f"Batch 5: event {batches(hooli)[4][1][0]} is missing."


def writer(tenant: Tenant, number: int) -> None:
    """Two events a transaction; now and then they are taken back."""
    with as_tenant(tenant) as connection:
        for turn in range(60):
            begin_and_write(connection)
            begin_and_write(connection)
            if turn % 7 == number:
                connection.rollback()
            connection.commit()


def sealer_that_goes_on(tenant: Tenant, stop: threading.Event, faults: list[Exception]) -> None:
    while not stop.is_set():
        try:
            with acting("test"):
                seal_now(tenant)
        except SealingElsewhere:
            """The other one is at work."""
        except Exception as fault:  # noqa: BLE001 - told to the test
            faults.append(fault)


@contextmanager
def two_sealers(tenant: Tenant) -> Iterator[list[Exception]]:
    stop, faults = threading.Event(), list[Exception]()
    sealers = [threading.Thread(target=sealer_that_goes_on, args=[tenant, stop, faults]) for _ in range(2)]
    for thread in sealers:
        thread.start()
    yield faults
    stop.set()
    for thread in sealers:
        thread.join()


@pytest.mark.slow
def test_four_writers_and_two_sealers_lose_nothing_and_seal_nothing_twice(
    hooli: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 50)
    writers = [threading.Thread(target=writer, args=[hooli, number]) for number in range(4)]
    with as_tenant(hooli) as slow, two_sealers(hooli) as faults:
        begin_and_write(slow)
        for thread in writers:
            thread.start()
        for thread in writers[:2]:
            thread.join()
        slow.commit()
        for thread in writers[2:]:
            thread.join()
    seal_now(hooli)

    assert faults == []
    assert sealed_ids(hooli) == ids(hooli)
    assert len(batches(hooli)) > 5
    assert verified(hooli) == ""


class Killed(BaseException):
    """As SIGKILL would: nothing of ours runs after it."""


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("module", "step", "meanwhile"),
    [
        (sealing, "_insert", ""),
        (sealing, "anchor_pending", ""),
        (anchor_files, "append", ""),
        (Anchor, "of", "Batch 4 is missing in the catalog's anchors."),
    ],
)
def test_a_round_killed_between_two_steps_is_healed_by_the_next(
    hooli: Tenant, monkeypatch: pytest.MonkeyPatch, module: object, step: str, meanwhile: str
) -> None:
    write(hooli, "Olivia Brindley")
    calls = []
    real = getattr(module, step)

    def dies(*args: Any, **kwargs: Any) -> Any:
        """`anchor_pending` is called before the sealing, too: it dies after it."""
        calls.append(args)
        if step == "anchor_pending" and len(calls) == 1:
            return real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, step, dies)
        with pytest.raises(Killed):
            seal_now(hooli)
    assert verified(hooli) == meanwhile

    seal_now(hooli)

    assert sealed_ids(hooli) == ids(hooli)
    assert verify(hooli.place).compared == {"seals": 4, "catalog": 4, "file": 4}


@pytest.mark.slow
def test_a_line_of_the_file_that_a_crash_cut_short_is_passed_over(hooli: Tenant, anchors: Path) -> None:
    file = anchors / f"{hooli.schema_name}.jsonl"
    with file.open("a") as cut:
        cut.write('{"database":"' + hooli.schema_name)
    write(hooli, "Olivia Brindley")

    seal_now(hooli)

    assert verify(hooli.place).compared == {"seals": 4, "catalog": 4, "file": 4}
    assert verified(hooli) == ""


def test_what_is_not_anchored_yet_is_not_believed_where_its_events_say_otherwise(
    hooli: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(hooli, "Olivia Brindley")
    with sealer(hooli.place) as connection:
        sealing.seal_events(connection, hooli.place)
    with tampering(hooli.schema_name) as forger:
        forger.execute("UPDATE audit.event SET actor = 'x' WHERE id = %s", [ids(hooli)[-1]])

    with pytest.raises(AnchorContradicted, match="Batch 4 isn't what its events say"):
        seal_now(hooli)

    anchored = last_in_catalog(hooli.schema_name)
    assert anchored is not None
    assert anchored.header.batch == 3


@pytest.mark.slow
def test_a_drop_of_a_young_month_slipped_in_before_anchoring_is_refused(hooli: Tenant) -> None:
    with sealer(hooli.place) as connection, connection.transaction():
        last = last_seal(connection, hooli.place)
        assert last
        until = last.header.until
        which = sealing.Which("drop", hooli.place.era, last.header.month, until, until, 0, 0)
        forged = sealing._sealed(hooli.place, last, which, [])
        sealing._insert(connection, forged, [])

    with pytest.raises(AnchorContradicted):
        seal_now(hooli)
    assert "declared dropped too early" in verified(hooli)


def test_anchors_in_the_catalog_can_only_be_added(hooli: Tenant) -> None:
    with bound_to(CATALOG):
        anchor = Anchor.objects.filter(database=hooli.schema_name)
        with pytest.raises(Exception, match="permission denied for table audit_anchor"):
            anchor.update(batch=99)
        with pytest.raises(Exception, match="permission denied for table audit_anchor"):
            anchor.delete()
        assert anchor.count() == 3


def test_a_new_tenants_log_begins_with_its_own_setting_up(new_tenant: Callable[[], Tenant]) -> None:
    tenant = new_tenant()
    with tampering(tenant.schema_name) as connection:
        assert connection.execute("SELECT count(*) FROM audit.seal").fetchone() == (0,)
        first = connection.execute("SELECT id, subject FROM audit.event ORDER BY id").fetchone()
    assert first == (1, "accounts_user")


def test_fingerprints_do_not_change_by_sealing_nor_with_the_months(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute("SET ROLE audit_owner")
        connection.execute("SELECT audit.make_month('2031-05-01')")
    with owner_of(hooli.place) as connection:
        assert database_fingerprint(connection) == ensure_template().fingerprint


def test_without_its_credential_nothing_is_sealed(hooli: Tenant, settings: Any) -> None:
    settings.AMANA_SEALER_URL = ""
    with pytest.raises(Exception, match="AMANA_SEALER_URL"):
        seal_now(hooli)
