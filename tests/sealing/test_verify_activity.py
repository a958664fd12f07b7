"""verify_activity, as people run it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.utils import timezone

from audit.models import Alarm, SealState
from config.celery import app
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.sealing.sealed import as_tenant, begin_and_write, ids, of_event, tampering, write
from tests.support.command_line import Said, begin, end, manage, ours, without_secrets


@pytest.fixture
def here(anchors: Any, a_sealer_that_was_here_just_now: None) -> dict[str, str]:
    return ours() | {"AMANA_ANCHOR_DIR": str(anchors)}


@pytest.fixture
def a_sealer_that_was_here_just_now(hooli: Tenant) -> Iterator[None]:
    """What it would have written down: none runs beside these tests."""
    now = timezone.now()
    with bound_to(CATALOG):
        before = [*SealState.objects.all()]
        SealState.objects.all().delete()
        for database in ("catalog", hooli.schema_name):
            SealState.objects.create(database=database, looked_at=now, opened_at=now)
    yield
    with bound_to(CATALOG):
        SealState.objects.all().delete()
        SealState.objects.bulk_create(before)


def verify(here: dict[str, str], *arguments: str) -> Said:
    return manage("verify_activity", *arguments, environment=here)


def test_it_says_of_a_tenant_that_all_is_as_it_was_sealed(hooli: Tenant, here: dict[str, str]) -> None:
    said = verify(here, "--tenant", hooli.slug)

    assert said.lines == [
        f"{hooli.slug}: {len(ids(hooli))} events in 3 batches are as they were sealed, 0 not yet sealed"
        " (compared: seals 3, catalog 3, file 3)"
    ]
    assert (said.code, said.error) == (0, "")


def test_it_names_what_was_changed_and_fails(hooli: Tenant, here: dict[str, str]) -> None:
    last = ids(hooli)[-1]
    with tampering(hooli.schema_name) as connection:
        connection.execute("UPDATE audit.event SET actor = 'x' WHERE id = %s", [last])

    said = verify(here, "--tenant", hooli.slug)

    assert said.lines == [
        f"{hooli.slug}: Batch 3: {of_event(hooli, last)} was altered. (compared: seals 2, catalog 2, file 2)"
    ]
    assert (said.code, said.error) == (1, f"CommandError: Not as it was sealed: {hooli.slug}.\n")


def test_what_is_not_sealed_yet_is_counted_and_too_old_it_fails(hooli: Tenant, here: dict[str, str]) -> None:
    write(hooli, "Olivia Brindley", "Sam Reed")
    fresh = verify(here, "--tenant", hooli.slug)
    assert "2 not yet sealed (oldest " in fresh.output
    assert fresh.code == 0

    with bound_to(CATALOG):
        SealState.objects.filter(database=hooli.schema_name).delete()
    with tampering(hooli.schema_name) as connection:
        connection.execute(
            "INSERT INTO audit.event (at, action, actor) VALUES (now() - interval '61 s', 'x', 'y')"
        )
    late = verify(here, "--tenant", hooli.slug)
    assert late.code == 1
    assert late.error == f"CommandError: Not sealed within 60 seconds: {hooli.slug}.\n"


def test_a_sealer_that_is_silent_is_a_failure_though_nothing_waits_for_it(
    hooli: Tenant, here: dict[str, str]
) -> None:
    long_ago = timezone.now() - timedelta(seconds=61)
    with bound_to(CATALOG):
        SealState.objects.update(looked_at=long_ago)

    said = verify(here, "--tenant", hooli.slug)

    alarm = f"The activity log hasn't been sealed since {long_ago:%Y-%m-%d %H:%M} UTC."
    assert said.code == 1
    assert alarm in said.error
    assert json.loads(verify(here, "--tenant", hooli.slug, "--json").output)["alarms"] == [alarm]


def test_programs_get_json(hooli: Tenant, here: dict[str, str]) -> None:
    first = ids(hooli)[0]
    with tampering(hooli.schema_name) as connection:
        connection.execute("UPDATE audit.event SET actor = 'x' WHERE id = %s", [first])

    said = verify(here, "--tenant", hooli.slug, "--json")

    [(name, report)] = json.loads(said.output)["logs"].items()
    assert (name, said.code) == (hooli.slug, 1)
    assert report["difference"]["id"] == first
    assert report["difference"]["what"] == "altered"
    assert report["is_late"] is False


@pytest.mark.slow
def test_the_platforms_own_log_is_one_of_them(hooli: Tenant, here: dict[str, str]) -> None:
    said = verify(here, "--json", "--catalog")
    assert [*json.loads(said.output)["logs"]] == ["catalog"]


def test_without_the_credential_it_says_who_has_it(hooli: Tenant, here: dict[str, str]) -> None:
    said = manage("verify_activity", "--tenant", hooli.slug, environment={**here, "AMANA_SEALER_URL": ""})
    assert said.code == 1
    assert "the seal and control workers do" in said.output


@pytest.mark.slow
def test_an_operators_shell_hands_it_to_control(hooli: Tenant, here: dict[str, str]) -> None:
    shell = {**without_secrets(), "AMANA_ANCHOR_DIR": here["AMANA_ANCHOR_DIR"]}
    with start_worker(app, perform_ping_check=False, pool="solo", queues=["control"], loglevel="CRITICAL"):
        process = begin("verify_activity", "--tenant", hooli.slug, environment=shell)
        said = end(process)

    assert said.lines[0].startswith(
        f"{hooli.slug}: {len(ids(hooli))} events in 3 batches are as they were sealed"
    )
    assert said.code == 0


@pytest.mark.slow
def test_a_long_transaction_that_has_just_ended_is_not_late(hooli: Tenant, here: dict[str, str]) -> None:
    """Its events bear the time at which it began; nobody could have sealed them then."""
    now = timezone.now()
    with as_tenant(hooli) as connection:
        begin_and_write(connection)
    with tampering(hooli.schema_name) as forger:
        forger.execute("UPDATE audit.event SET at = at - interval '5 min' WHERE id = %s", [ids(hooli)[-1]])
    with bound_to(CATALOG):
        SealState.objects.filter(database=hooli.schema_name).update(looked_at=now, opened_at=now)

    assert verify(here, "--tenant", hooli.slug).code == 0

    with bound_to(CATALOG):
        SealState.objects.filter(database=hooli.schema_name).delete()
    assert verify(here, "--tenant", hooli.slug).code == 1


@pytest.mark.slow
def test_a_lost_anchor_file_is_refilled_from_the_catalog_and_that_is_noted(
    hooli: Tenant, here: dict[str, str], anchors: Any
) -> None:
    file = anchors / f"{hooli.schema_name}.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(lines[0])
    assert verify(here, "--tenant", hooli.slug).code == 1

    refilled = manage("refill_anchor_file", "--tenant", hooli.slug, "--reason", "disk lost", environment=here)

    assert refilled.output.startswith("2 anchors were written anew.")
    assert file.read_text() == "".join(lines)
    assert verify(here, "--tenant", hooli.slug).code == 0
    with bound_to(CATALOG):
        assert [alarm.says for alarm in Alarm.objects.filter(database=hooli.schema_name)] == [
            f"The anchor file of {hooli.schema_name} was refilled from batch 2 on: disk lost"
        ]


@pytest.mark.slow
def test_a_file_that_is_of_another_history_is_not_refilled(
    hooli: Tenant, here: dict[str, str], anchors: Any
) -> None:
    file = anchors / f"{hooli.schema_name}.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(lines[0].replace('"events":', '"events":1'))
    with tampering("catalog") as forger:
        forger.execute(
            "UPDATE audit_anchor SET sealed_at = now() WHERE database = %s AND batch = 2", [hooli.schema_name]
        )

    said = manage("refill_anchor_file", "--tenant", hooli.slug, "--reason", "disk lost", environment=here)

    assert (said.code, said.error) == (1, "CommandError: The catalog's anchor of batch 2 was altered.\n")
