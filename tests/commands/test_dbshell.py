"""psql at one tenant's database, as the role that the site itself uses."""

import pytest

from tenants.fingerprints import SQL
from tenants.models import Tenant
from tests.support.command_line import manage, ours, without_secrets

QUIET = ("--", "-XAtq")


@pytest.mark.parametrize("environment", [ours(), without_secrets()], ids=["ours", "without secrets"])
def test_it_reads_standard_input_as_the_tenants_own_role(hooli: Tenant, environment: dict[str, str]) -> None:
    asked = "SELECT current_user, current_database(), count(*) FROM accounts_user;"

    done = manage("dbshell", "--tenant", "hooli", *QUIET, environment=environment, typed=asked)

    assert (done.code, done.error) == (0, "")
    assert done.output == f"{hooli.schema_name}|{hooli.schema_name}|1\n"


def test_psqls_own_arguments_follow_the_two_dashes(hooli: Tenant) -> None:
    done = manage("dbshell", "--tenant=hooli", *QUIET, "-c", "SELECT 6 * 7")
    assert (done.code, done.output, done.error) == (0, "42\n", "")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE loot ()",
        "CREATE TEMP TABLE loot ()",
        "DROP TABLE accounts_user",
        "SET ROLE tenant_owner",
    ],
)
def test_it_can_make_and_drop_nothing(hooli: Tenant, statement: str) -> None:
    stop = ("-v", "ON_ERROR_STOP=1")

    refused = manage("dbshell", "--tenant", "hooli", *QUIET, *stop, typed=f"{statement};")

    assert refused.code != 0
    assert "ERROR:  " in refused.error
    assert "Traceback" not in refused.error


def test_unbound_it_is_refused() -> None:
    refused = manage("dbshell", typed="SELECT 1;")

    assert (refused.code, refused.output) == (1, "")
    assert refused.error == "dbshell: No tenant is bound: wrap this in `with bound_to(tenant):`.\n"


def test_bootstrap_sql_prints_the_file() -> None:
    done = manage("bootstrap_sql", environment=without_secrets())

    assert (done.code, done.error) == (0, "")
    assert done.output == (SQL / "bootstrap.sql").read_text()
