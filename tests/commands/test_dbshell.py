"""psql at one tenant's database, as the role that the site itself uses: with a reason, reading only, and logged."""

import getpass
from pathlib import Path

import pytest

from accounts.models import User
from audit.reading import Event, read
from tenants.binding import CATALOG, bound_to
from tenants.fingerprints import SQL
from tenants.models import Tenant
from tests.support.command_line import manage, ours, without_secrets

WHY = ("--reason", "Why is SO-1042 stuck? It's urgent")
QUIET = (*WHY, "--", "-XAtq")
STOP = ("-v", "ON_ERROR_STOP=1")


def opened_and_closed(tenant: Tenant) -> list[Event]:
    with bound_to(tenant):
        return [event for event in reversed(read()) if event.action.startswith("audit.shell_")]


@pytest.mark.parametrize("environment", [ours(), without_secrets()], ids=["ours", "without secrets"])
def test_it_reads_standard_input_as_the_tenants_own_role(hooli: Tenant, environment: dict[str, str]) -> None:
    asked = "SELECT current_user, current_database(), count(*) FROM accounts_user;"

    done = manage("dbshell", "--tenant", "hooli", *QUIET, environment=environment, typed=asked)

    assert (done.code, done.error) == (0, "")
    assert done.output == f"{hooli.schema_name}|{hooli.schema_name}|1\n"


@pytest.mark.slow
def test_psqls_own_arguments_follow_the_two_dashes(hooli: Tenant) -> None:
    done = manage("dbshell", "--tenant=hooli", *QUIET, "-c", "SELECT 6 * 7")
    assert (done.code, done.output, done.error) == (0, "42\n", "")


@pytest.mark.sampled
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE loot ()",
        "CREATE TEMP TABLE loot ()",
        "DROP TABLE accounts_user",
        "SET ROLE tenant_owner",
    ],
)
@pytest.mark.parametrize("write", [(), ("--write",)], ids=["reading", "writing"])
def test_it_can_make_and_drop_nothing(hooli: Tenant, statement: str, write: tuple[str, ...]) -> None:
    refused = manage("dbshell", "--tenant", "hooli", *write, *QUIET, *STOP, typed=f"{statement};")

    assert refused.code == 3
    assert "ERROR:  " in refused.error
    assert "Traceback" not in refused.error


def test_who_opened_it_why_and_how_long_is_in_that_databases_log(hooli: Tenant) -> None:
    environment = ours() | {"AMANA_OPERATOR": "Oscar"}

    manage("dbshell", "--tenant", "hooli", *QUIET, "-c", "SELECT 1", environment=environment)

    first, last = opened_and_closed(hooli)
    assert (first.action, first.actor, first.reason) == ("audit.shell_opened", "command:dbshell", WHY[1])
    assert first.sentence == "Oscar opened a shell at this database, reading only"
    assert (last.action, last.reason, last.sentence) == (
        "audit.shell_closed",
        WHY[1],
        "Oscar closed the shell",
    )


@pytest.mark.slow
def test_unless_somebody_says_so_it_is_the_systems_user(hooli: Tenant) -> None:
    manage("dbshell", "--tenant", "hooli", "--write", *QUIET, "-c", "SELECT 1")

    assert opened_and_closed(hooli)[0].details == {"who": getpass.getuser(), "mode": "writing"}


@pytest.mark.slow
def test_also_where_psql_fails(hooli: Tenant) -> None:
    refused = manage("dbshell", "--tenant", "hooli", *QUIET, *STOP, "-c", "SELECT nothing")

    assert refused.code == 1
    assert [event.action for event in opened_and_closed(hooli)] == [
        "audit.shell_opened",
        "audit.shell_closed",
    ]


def test_without_a_reason_nothing_is_opened(hooli: Tenant) -> None:
    refused = manage("dbshell", "--tenant", "hooli", "--", "-c", "SELECT 1")

    assert (refused.code, refused.output) == (1, "")
    assert "Say why, with --reason" in refused.error
    assert opened_and_closed(hooli) == []


RENAME = "UPDATE accounts_user SET name = 'Mallory'"


def names_at(tenant: Tenant) -> list[str]:
    with bound_to(tenant):
        return [*User.objects.values_list("name", flat=True)]


def test_it_reads_only(hooli: Tenant) -> None:
    refused = manage("dbshell", "--tenant", "hooli", *QUIET, *STOP, "-c", RENAME)

    assert refused.code == 1
    assert "read-only transaction" in refused.error
    assert names_at(hooli) == ["Olivia"]


def test_told_to_write_it_still_wants_to_know_who_acts(hooli: Tenant) -> None:
    refused = manage("dbshell", "--tenant", "hooli", "--write", *QUIET, *STOP, "-c", RENAME)

    assert refused.code == 1
    assert names_at(hooli) == ["Olivia"]


@pytest.mark.slow
def test_and_takes_it_from_the_variable(hooli: Tenant) -> None:
    done = manage(
        "dbshell", "--tenant", "hooli", "--write", *QUIET, *STOP, typed=f"BEGIN; :acting; {RENAME}; COMMIT;"
    )

    assert done.code == 0
    assert "BEGIN; :acting;" in done.error
    assert names_at(hooli) == ["Mallory"]
    with bound_to(hooli):
        [change] = read(action="update", subject="accounts_user")
    assert (change.actor, change.reason) == ("command:dbshell", WHY[1])


def test_unbound_it_is_refused() -> None:
    refused = manage("dbshell", *WHY, typed="SELECT 1;")

    assert (refused.code, refused.output) == (1, "")
    assert refused.error == "CommandError: Say whose database: --tenant SLUG or --catalog.\n"


@pytest.mark.slow
def test_at_the_catalog_it_is_logged_there(databases: None) -> None:
    done = manage("dbshell", "--catalog", *QUIET, "-c", "SELECT current_database()")

    assert (done.code, done.output) == (0, "catalog\n")
    with bound_to(CATALOG):
        [event] = read(1, action="audit.shell_closed")
    assert event.reason == WHY[1]


@pytest.mark.slow
def test_where_psql_is_missing_it_says_so(hooli: Tenant, tmp_path: Path) -> None:
    refused = manage("dbshell", "--tenant", "hooli", *QUIET, environment=ours() | {"PATH": str(tmp_path)})

    assert refused.code == 1
    assert "psql isn't here, or not on the PATH." in refused.error
    assert "Traceback" not in refused.error


def test_bootstrap_sql_prints_the_file() -> None:
    done = manage("bootstrap_sql", environment=without_secrets())

    assert (done.code, done.error) == (0, "")
    assert done.output == (SQL / "bootstrap.sql").read_text()
