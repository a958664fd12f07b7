"""A superuser with triggers off changes history, and `verify_activity` names the first thing that isn't as it was."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audit import verifying
from audit.batches import HIGHEST
from audit.exceptions import AnchorContradicted
from audit.models import Anchor
from audit.verifying import verify
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.sealing.sealed import (
    batches,
    ids,
    of_event,
    rewrite_catalog,
    rewrite_seals,
    seal_now,
    tampering,
    verified,
    write,
)

ALTERED = "UPDATE audit.event SET actor = 'operator:nobody' WHERE id = %s"


def test_an_untouched_log_is_as_it_was_sealed(hooli: Tenant) -> None:
    report = verify(hooli.place)

    assert report.wrong == ""
    assert (report.batches, report.events, report.unsealed) == (3, len(ids(hooli)), 0)
    assert report.compared == {"seals": 3, "catalog": 3, "file": 3}


def test_an_old_event_that_is_edited_is_named(hooli: Tenant) -> None:
    _, [_, old] = batches(hooli)[1]
    with tampering(hooli.schema_name) as connection:
        connection.execute(ALTERED, [old])

    assert verified(hooli) == f"Batch 2: {of_event(hooli, old)} was altered."


def test_the_newest_sealed_event_that_is_edited_is_named(hooli: Tenant) -> None:
    newest = ids(hooli)[-1]
    with tampering(hooli.schema_name) as connection:
        connection.execute(ALTERED, [newest])

    assert verified(hooli) == f"Batch 3: {of_event(hooli, newest)} was altered."


@pytest.mark.sampled
@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "before = '{}'",
        'after = after || \'{"name": ""}\'',
        "reason = ''",
        "masked = '{}'",
        "ip = '10.0.0.1'",
        "outcome = 'failed'",
        "object_id = object_id || ' '",
    ],
)
def test_the_smallest_change_of_any_column_is_noticed(hooli: Tenant, change: str) -> None:
    middle = batches(hooli)[1][1][1]
    with tampering(hooli.schema_name) as connection:
        connection.execute(f"UPDATE audit.event SET {change} WHERE id = {middle}".encode())

    assert verified(hooli) == f"Batch 2: {of_event(hooli, middle)} was altered."


@pytest.mark.slow
def test_the_first_of_several_is_named(hooli: Tenant) -> None:
    first = batches(hooli)[1][1][0]
    with tampering(hooli.schema_name) as connection:
        connection.execute("UPDATE audit.event SET actor = 'x' WHERE id >= %s", [first])

    assert verified(hooli) == f"Batch 2: {of_event(hooli, first)} was altered."


def test_a_deleted_event_is_named_by_its_number(hooli: Tenant) -> None:
    gone = batches(hooli)[1][1][1]
    with tampering(hooli.schema_name) as connection:
        connection.execute("DELETE FROM audit.event WHERE id = %s", [gone])

    assert verified(hooli) == f"Batch 2: event {gone} is missing."


def test_an_event_made_up_within_a_sealed_batch_is_named(hooli: Tenant) -> None:
    _, [_, last] = batches(hooli)[1]
    with tampering(hooli.schema_name) as connection:
        connection.execute(
            "INSERT INTO audit.event (id, at, xid, action, actor, subject)"
            " SELECT 7000, at, xid, 'delete', 'user:bob', 'contacts_contact' FROM audit.event WHERE id = %s",
            [last],
        )

    assert verified(hooli) == f"Batch 2: {of_event(hooli, 7000)} was inserted."


@pytest.mark.slow
def test_an_event_made_up_before_the_first_is_named(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute(
            "INSERT INTO audit.event (id, at, xid, action, actor, subject)"
            " VALUES (7001, '2026-10-05 09:00Z', '5', 'delete', 'user:bob', 'contacts_contact')"
        )

    found = of_event(hooli, 7001).capitalize().replace("t09:", "T09:").replace("z,", "Z,")
    assert verified(hooli).lower() == f"{found} was inserted where everything was sealed already.".lower()


@pytest.mark.sampled
@pytest.mark.parametrize(("column", "value"), [("xid", "'9999999999'"), ("era", "2"), ("at", "'infinity'")])
def test_an_event_made_up_where_no_batch_will_come_is_named(hooli: Tenant, column: str, value: str) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute(
            f"INSERT INTO audit.event (id, action, actor, {column}) VALUES (7002, 'x', 'y', {value})".encode()
        )

    difference = verify(hooli.place).difference
    assert difference is not None
    assert (difference.what, difference.id) == ("inserted", 7002)


BACKDATED = """
    INSERT INTO audit.event (id, at, xid, action, actor, subject)
    VALUES (%s, now() - %s::interval, DEFAULT, 'delete', 'user:bob', 'contacts_contact')"""


@pytest.mark.sampled
@pytest.mark.parametrize("id_", [0, 7004])
@pytest.mark.parametrize("age", ["25 hours", "14 days", "5 months"])
def test_a_backdated_event_that_the_sealer_took_for_a_new_one_is_named(
    hooli: Tenant, id_: int, age: str
) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute(BACKDATED, [id_, age])
    seal_now(hooli)

    said = f"Batch 4: {of_event(hooli, id_)} was put in later: it is dated before what was sealed already."
    assert verified(hooli) == said
    write(hooli, "Olivia Brindley")
    seal_now(hooli)
    assert verified(hooli) == said


def test_a_transaction_that_was_open_for_most_of_a_day_put_nothing_in_later(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute(BACKDATED, [7004, "23 hours"])
    write(hooli, "Olivia Brindley")
    seal_now(hooli)

    assert verified(hooli) == ""


@pytest.mark.slow
def test_what_the_first_round_finds_may_be_of_any_age(
    new_tenant: Callable[[], Tenant], anchors: Path
) -> None:
    """In several batches, one a month: those of one round say nothing of each other's age."""
    tenant = new_tenant()
    with tampering(tenant.schema_name) as connection:
        connection.execute(BACKDATED, [7004, "14 days"])
        connection.execute(BACKDATED, [7005, "5 months"])
    seal_now(tenant)

    assert len(batches(tenant)) > 1
    assert verified(tenant) == ""


@pytest.mark.slow
def test_a_batch_deleted_with_its_events_is_named(hooli: Tenant) -> None:
    number, gone = batches(hooli)[1]
    with tampering(hooli.schema_name) as connection:
        connection.execute("DELETE FROM audit.event WHERE id = ANY (%s)", [gone])
        connection.execute("DELETE FROM audit.seal WHERE batch = %s", [number])

    assert verified(hooli) == f"Batch 2: event {gone[0]} is missing; the seal of the batch is missing."


def test_a_batch_deleted_with_its_events_and_anchors_is_named(hooli: Tenant, anchors: Path) -> None:
    number, gone = batches(hooli)[1]
    with tampering(hooli.schema_name) as connection:
        connection.execute("DELETE FROM audit.event WHERE id = ANY (%s)", [gone])
        connection.execute("DELETE FROM audit.seal WHERE batch = %s", [number])
    _forget_in_the_catalog(hooli, number, number)
    file = anchors / f"{hooli.schema_name}.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(lines[0] + lines[2])

    assert verified(hooli) == (
        "Batch 2 is missing, and so are its anchors."
        " Line 2 of the anchor file was altered, or lines before it are gone."
    )


def _forget_in_the_catalog(tenant: Tenant, first: int, last: int = HIGHEST) -> None:
    with tampering("catalog") as connection:
        connection.execute(
            "DELETE FROM audit_anchor WHERE database = %s AND batch BETWEEN %s AND %s",
            [tenant.schema_name, first, last],
        )


def test_the_last_batches_deleted_with_seals_and_anchors_in_the_catalog_are_named(hooli: Tenant) -> None:
    gone = batches(hooli)[1][1]
    with tampering(hooli.schema_name) as connection:
        connection.execute("DELETE FROM audit.event WHERE id >= %s", [gone[0]])
        connection.execute("DELETE FROM audit.seal WHERE batch >= 2")
    _forget_in_the_catalog(hooli, 2)

    assert verified(hooli) == f"Batch 2: event {gone[0]} is missing; the seal of the batch is missing."
    with pytest.raises(AnchorContradicted, match="The seals end at batch 1, the anchor file at 3"):
        seal_now(hooli)


@pytest.mark.slow
def test_the_last_seals_deleted_so_that_events_can_be_sealed_again_are_named(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute("DELETE FROM audit.seal WHERE batch = 3")

    assert verified(hooli) == "Batch 3: its seal is missing."
    with pytest.raises(AnchorContradicted, match="The seals end at batch 2"):
        seal_now(hooli)


def test_every_seal_rewritten_is_named_with_the_event_it_was_for(hooli: Tenant) -> None:
    old = batches(hooli)[1][1][1]
    with tampering(hooli.schema_name) as connection:
        connection.execute(ALTERED, [old])
        rewrite_seals(hooli, connection)

    assert (
        verified(hooli)
        == f"Batch 2: {of_event(hooli, old)} was altered; the seal of the batch was rewritten."
    )
    with pytest.raises(AnchorContradicted):
        seal_now(hooli)


def test_every_seal_and_every_anchor_in_the_catalog_rewritten_is_named_by_the_file(hooli: Tenant) -> None:
    old = batches(hooli)[1][1][1]
    with tampering(hooli.schema_name) as connection:
        connection.execute("DELETE FROM audit.event WHERE id = %s", [old])
        rewrite_catalog(rewrite_seals(hooli, connection))

    assert verified(hooli) == f"Batch 2: event {old} is missing; the seal of the batch was rewritten."


@pytest.mark.slow
def test_every_seal_and_the_file_rewritten_is_named_by_the_catalog(hooli: Tenant, anchors: Path) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute(ALTERED, [batches(hooli)[1][1][1]])
        rewrite_seals(hooli, connection)
    (anchors / f"{hooli.schema_name}.jsonl").unlink()

    old = batches(hooli)[1][1][1]
    assert verified(hooli) == (
        f"Batch 2: {of_event(hooli, old)} was altered; the seal of the batch was rewritten."
        " Batch 1 is missing in the anchor file."
    )


def test_a_seal_rewritten_although_no_event_was_changed_is_named(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute("UPDATE audit.seal SET sealed_at = sealed_at + interval '1 s' WHERE batch = 2")
    assert verified(hooli) == "Batch 2: its seal was altered."

    with tampering(hooli.schema_name) as connection:
        rewrite_seals(hooli, connection)
    assert verified(hooli) == "Batch 2 was rewritten: it isn't the one in the anchor file."


@pytest.mark.slow
def test_two_logs_that_were_swapped_are_named(hooli: Tenant, new_tenant: Callable[[], Tenant]) -> None:
    initech = new_tenant()
    write(initech, "Peter Gibbons", "Milton Waddams")
    seal_now(initech)
    with tampering(hooli.schema_name) as one, tampering(initech.schema_name) as other:
        for table in ("audit.event", "audit.seal"):
            kept = [_copied(connection, table) for connection in (one, other)]
            for connection, rows in ((one, kept[1]), (other, kept[0])):
                connection.execute(f"TRUNCATE {table}".encode())
                with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
                    copy.write(rows)

    for tenant in (hooli, initech):
        difference = verify(tenant.place).difference
        assert difference is not None
        assert difference.id == 1
        with pytest.raises(AnchorContradicted):
            seal_now(tenant)


def _copied(connection: object, table: str) -> bytes:
    with connection.cursor().copy(f"COPY (TABLE {table}) TO STDOUT (FORMAT binary)".encode()) as copy:  # type: ignore[attr-defined]
        return b"".join(bytes(piece) for piece in copy)


@pytest.mark.slow
def test_a_log_swapped_before_anything_was_anchored_belongs_to_another_chain(
    hooli: Tenant, anchors: Path
) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute("UPDATE audit.seal SET previous = sha256('another') WHERE batch = 1")

    assert verified(hooli) == "Batch 1: its seal was altered."


@pytest.mark.sampled
@pytest.mark.parametrize("left", [0, 1, 2])
def test_an_anchor_file_that_was_cut_is_named(hooli: Tenant, anchors: Path, left: int) -> None:
    file = anchors / f"{hooli.schema_name}.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:left]))

    assert verified(hooli) == f"Batch {left + 1} is missing in the anchor file."
    with pytest.raises(AnchorContradicted, match=f"The anchor file ends at batch {left}"):
        seal_now(hooli)
    assert file.read_text().splitlines(keepends=True) == lines[:left]


def test_an_anchor_file_that_is_gone_is_named(hooli: Tenant, anchors: Path) -> None:
    (anchors / f"{hooli.schema_name}.jsonl").unlink()

    assert verified(hooli) == "Batch 1 is missing in the anchor file."
    with pytest.raises(AnchorContradicted):
        seal_now(hooli)


def test_a_line_of_the_anchor_file_that_was_edited_is_named(hooli: Tenant, anchors: Path) -> None:
    file = anchors / f"{hooli.schema_name}.jsonl"
    file.write_text(file.read_text().replace('"batch":2', '"batch":2 '))

    assert verified(hooli) == "Line 2 of the anchor file was altered, or lines before it are gone."


def test_an_anchor_in_the_catalog_that_was_edited_or_deleted_is_named(hooli: Tenant) -> None:
    with tampering("catalog") as connection:
        connection.execute(
            "UPDATE audit_anchor SET sealed_at = now() WHERE database = %s AND batch = 2", [hooli.schema_name]
        )
    assert verified(hooli) == "Batch 2 was altered in the catalog's anchors."

    _forget_in_the_catalog(hooli, 2, 2)
    assert verified(hooli) == "Batch 2 is missing in the catalog's anchors."


@pytest.mark.sampled
@pytest.mark.parametrize("first", [1, 2, 3])
def test_the_last_anchors_deleted_in_the_catalog_are_named(hooli: Tenant, first: int) -> None:
    _forget_in_the_catalog(hooli, first)

    assert verified(hooli) == f"Batch {first} is missing in the catalog's anchors."


def test_a_logs_only_anchor_deleted_is_named_wherever_it_was(
    new_tenant: Callable[[], Tenant], anchors: Path
) -> None:
    tenant = new_tenant()
    seal_now(tenant)
    with bound_to(CATALOG):
        [anchor] = Anchor.objects.filter(database=tenant.schema_name)
    _forget_in_the_catalog(tenant, 1)
    report = verify(tenant.place)
    assert report.wrong == "Batch 1 is missing in the catalog's anchors."
    assert report.compared == {"seals": 1, "catalog": 0, "file": 1}

    with bound_to(CATALOG):
        anchor.save(force_insert=True)
    assert verified(tenant) == ""
    (anchors / f"{tenant.schema_name}.jsonl").unlink()
    assert verified(tenant) == "Batch 1 is missing in the anchor file."


@pytest.mark.slow
def test_a_sealer_between_the_file_and_the_catalog_is_waited_for(
    hooli: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    _forget_in_the_catalog(hooli, 3)
    monkeypatch.setattr(verifying, "PATIENCE", 2)
    monkeypatch.setattr(verifying, "sleep", lambda _: seal_now(hooli))

    report = verify(hooli.place)

    assert (report.wrong, report.compared) == ("", {"seals": 3, "catalog": 3, "file": 3})


@pytest.mark.slow
def test_a_seal_without_its_list_is_named(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute("UPDATE audit.seal SET ids = NULL, leaves = NULL WHERE batch = 2")

    assert "its list of events is gone" in verified(hooli)
