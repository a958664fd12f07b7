"""The running server obeys the file we ship."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.walls.conftest import Server

FILE = Path(__file__).resolve().parents[2] / "tenants" / "sql" / "pg_hba.conf"


def rules_of(text: str) -> list[list[str]]:
    lines = [shlex.split(line, comments=True) for line in text.splitlines()]
    return [line for line in lines if line]


def test_the_server_runs_with_our_rules(server: Server) -> None:
    answer = server.rows(
        "superuser",
        "postgres",
        """SELECT json_agg(json_build_array(type, array_to_string(database, ','),
           array_to_string(user_name, ','), auth_method) ORDER BY rule_number) FROM pg_hba_file_rules""",
    )
    ours = [
        [server.superuser if word == "postgres" and place == 2 else word for place, word in enumerate(rule)]
        for rule in rules_of(FILE.read_text())
    ]
    assert json.loads(answer) == ours


def test_nobody_comes_in_without_a_password() -> None:
    methods = {rule[-1] for rule in rules_of(FILE.read_text())}
    assert methods == {"scram-sha-256", "reject"}


def test_what_fits_no_rule_is_refused() -> None:
    assert rules_of(FILE.read_text())[-1] == ["local", "all", "all", "reject"]


def test_production_gets_the_same_rules_over_tls() -> None:
    """The comment at the end: line for line what stands above it, but for the superuser's."""
    text = FILE.read_text()
    commented = [line.lstrip("# ") for line in text.splitlines() if line.startswith(("# hostssl", "# host "))]
    local = [rule[1:] for rule in rules_of(text)[1:]]
    remote = rules_of("\n".join(commented))
    assert [[*rule[1:3], rule[4]] for rule in remote] == local
    assert {rule[0] for rule in remote if rule[-1] != "reject"} == {"hostssl"}
