"""What docs/walls.md says is no wall: should one of these start to hold, the page must change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.walls.conftest import Server


@pytest.fixture
def restored(server: Server, acme: str) -> Iterator[str]:
    """Gives back the role's password and settings, as check_isolation will."""
    yield acme
    server.rows(
        "amana_provisioner",
        "postgres",
        f"""ALTER ROLE {acme} PASSWORD '{server.password(acme)}'; ALTER ROLE {acme} RESET ALL;
            ALTER ROLE {acme} IN DATABASE {acme} RESET ALL;
            ALTER ROLE {acme} SET statement_timeout = '30s'""",
    )
    assert server.rows(acme, acme, "SHOW statement_timeout") == "30s"


def test_a_role_changes_its_own_password(server: Server, restored: str) -> None:
    server.rows(restored, restored, "ALTER ROLE CURRENT_USER PASSWORD 'mine-from-now-on'")
    assert "password authentication failed" in server.run(restored, restored, "SELECT 1").said


def test_statement_timeout_is_a_courtesy(server: Server, restored: str) -> None:
    server.rows(restored, restored, "ALTER ROLE CURRENT_USER SET statement_timeout = 0")
    assert server.rows(restored, restored, "SHOW statement_timeout") == "0"


def test_a_role_changes_its_settings_in_its_database(server: Server, restored: str) -> None:
    server.rows(
        restored, restored, f"ALTER ROLE CURRENT_USER IN DATABASE {restored} SET search_path = pg_catalog"
    )
    assert server.rows(restored, restored, "SHOW search_path") == "pg_catalog"


def test_names_can_be_listed(server: Server, acme: str, globex: str) -> None:
    with server.busy(globex, globex) as pid:
        seen = server.rows(
            acme,
            acme,
            f"""SELECT count(*) FROM pg_database WHERE datname = '{globex}';
                SELECT count(*) FROM pg_roles WHERE rolname = '{globex}';
                SELECT usename, datname, application_name FROM pg_stat_activity WHERE pid = {pid};
                SELECT numbackends FROM pg_stat_database WHERE datname = '{globex}'""",
        )
    assert seen.split() == ["1", "1", f"{globex}|{globex}|walls", "1"]


def test_the_table_of_locks_is_shared(server: Server, acme: str) -> None:
    assert (
        server.rows(acme, acme, "SELECT count(pg_try_advisory_xact_lock(i)) FROM generate_series(1, 100) i")
        == "100"
    )


def test_a_tenant_reads_and_writes_every_row_of_its_own(server: Server, acme: str) -> None:
    assert server.rows(acme, acme, "BEGIN; DELETE FROM contacts RETURNING name; ROLLBACK") == "Alice"


def test_the_provisioner_can_give_itself_a_tenant(server: Server, acme: str) -> None:
    answer = server.rows(
        "amana_provisioner",
        acme,
        f"""GRANT {acme} TO CURRENT_USER WITH SET TRUE, INHERIT FALSE; SET ROLE {acme};
            SELECT name FROM contacts; RESET ROLE; REVOKE {acme} FROM CURRENT_USER GRANTED BY CURRENT_USER""",
    )
    assert answer == "Alice"


def test_the_backup_role_reads_every_row_and_every_password_hash(server: Server, acme: str) -> None:
    answer = server.rows(
        "amana_backup",
        acme,
        f"""SELECT name FROM contacts;
            SELECT rolpassword ~ '^SCRAM-SHA-256' FROM pg_authid WHERE rolname = '{acme}'""",
    )
    assert answer.split() == ["Alice", "t"]


def test_the_backup_role_writes_nothing(server: Server, acme: str) -> None:
    answer = server.run(
        "amana_backup", acme, "DELETE FROM contacts;\nCREATE TABLE loot ();\nSELECT lo_create(0);"
    )
    assert answer.said.split("\n") == ["ERROR:  42501"] * 3
