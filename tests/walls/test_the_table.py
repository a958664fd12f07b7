"""The table in docs/walls.md, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.walls.conftest import Server

PAGE = Path(__file__).resolve().parents[2] / "docs" / "walls.md"
DATABASES = [
    "catalog",
    "keystore",
    "amana_base",
    "tenant_template_vN",
    "own tenant",
    "other tenant",
    "scratch",
    "postgres",
    "template1",
]
WITHOUT_LOGIN = ["tenant_runtime", "tenant_owner", "catalog_owner", "audit_owner"]
POWERS = [
    "pg_read_all_data",
    "pg_write_all_data",
    "pg_execute_server_program",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_signal_backend",
    "pg_monitor",
]


def read_table() -> dict[str, dict[str, str]]:
    """Role → column → cell."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = rows[0][1:]
    return {row[0].strip("`"): dict(zip(head, row[1:], strict=True)) for row in rows[2:]}


TABLE = read_table()
CELLS = [(role, database) for role in TABLE for database in DATABASES]
LOGINS = [role for role in TABLE if role not in [*WITHOUT_LOGIN, "superuser"]]


@pytest.fixture
def names(acme: str, globex: str, template: str) -> dict[str, str]:
    """What the page's words stand for here."""
    return {
        "tenant": acme,
        "other tenant's role": globex,
        "own tenant": acme,
        "other tenant": globex,
        "tenant_template_vN": template,
    }


def test_the_table_has_every_role_and_every_database(server: Server, names: dict[str, str]) -> None:
    ours = server.rows(
        "superuser",
        "postgres",
        """SELECT rolname FROM pg_roles WHERE rolname ~ '^(amana|tenant|catalog|audit)_'
           UNION SELECT datname FROM pg_database
           WHERE datname !~ '^t_' AND datname !~ '^tenant_template_v' AND datname <> 'template0'""",
    )
    assert set(ours.splitlines()) == (set(TABLE) | set(DATABASES)) - {"tenant", "superuser", *names}
    assert all(list(row)[: len(DATABASES)] == DATABASES for row in TABLE.values())


def test_every_row_says_who_holds_the_credential() -> None:
    assert [role for role, row in TABLE.items() if not row["who holds the credential"]] == []


@pytest.mark.parametrize(("role", "database"), CELLS)
def test_a_cell_is_true(server: Server, names: dict[str, str], role: str, database: str) -> None:
    told = TABLE[role][database]
    user, name = names.get(role, role), names.get(database, database)

    answer = server.run(user, name, "SELECT current_database()")

    if told == "yes":
        assert answer.rows == name
    elif told == "closed":
        assert f'FATAL:  database "{name}" is not currently accepting connections' in answer.said
    else:
        assert f'FATAL:  pg_hba.conf rejects connection for host "[local]", user "{user}", ' in answer.said
        assert f'database "{name}"' in answer.said
        assert answer.rows == ""


@pytest.mark.parametrize("role", [role for role in TABLE if role != "superuser"])
def test_connect_is_granted_where_the_table_says_so_and_nowhere_else(
    server: Server, names: dict[str, str], role: str
) -> None:
    """The second wall, on its own: what would hold if pg_hba.conf let everybody through."""
    asked = [
        f"has_database_privilege('{names.get(role, role)}', '{names.get(name, name)}', 'CONNECT')"
        for name in DATABASES
    ]

    answer = server.rows("superuser", "postgres", f"SELECT array_to_json(ARRAY[{', '.join(asked)}])")

    told = ["false" if TABLE[role][name] == "no" else "true" for name in DATABASES]
    assert answer == f"[{','.join(told)}]"


@pytest.mark.parametrize("role", LOGINS)
def test_set_role_works_where_the_table_says_so_and_nowhere_else(
    server: Server, names: dict[str, str], role: str
) -> None:
    user = names.get(role, role)
    everyone = [names.get(other, other) for other in TABLE if other not in ("superuser", role)]
    targets = [*everyone, *POWERS, names["other tenant's role"], server.superuser]
    home = next(names.get(name, name) for name in DATABASES if TABLE[role][name] == "yes")
    statements = [f"SET ROLE {target};\nSELECT current_user;\nRESET ROLE;" for target in targets]

    answer = server.run(user, home, "\n".join(statements))

    told = TABLE[role]["may SET ROLE to"].replace("`", "").replace("–", "").split()
    assert answer.rows.split() == [target if target in told else user for target in targets]
    assert answer.said.split("\n") == ["ERROR:  42501"] * (len(targets) - len(told))


def test_who_can_not_log_in_has_neither_login_nor_password(server: Server) -> None:
    answer = server.rows(
        "superuser",
        "postgres",
        f"""SELECT rolname FROM pg_authid WHERE rolname IN ('{"', '".join(WITHOUT_LOGIN)}')
            AND (rolcanlogin OR rolpassword IS NOT NULL)""",
    )
    assert answer == ""


def test_nobody_of_ours_has_a_power_over_the_server(server: Server, names: dict[str, str]) -> None:
    ours = [names.get(role, role) for role in TABLE if role not in ("superuser", "amana_provisioner")]
    answer = server.rows(
        "superuser",
        "postgres",
        f"""SELECT rolname FROM pg_roles WHERE rolname IN ('{"', '".join([*ours, "amana_provisioner"])}')
            AND (rolsuper OR rolreplication OR rolbypassrls);
            SELECT rolname FROM pg_roles WHERE rolname IN ('{"', '".join(ours)}')
            AND (rolcreatedb OR rolcreaterole)""",
    )
    assert answer == ""
