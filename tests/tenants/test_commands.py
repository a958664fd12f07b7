"""`--tenant SLUG` or `--catalog` binds a command; what follows a bare `--` is its own."""

import re
from collections.abc import Callable

import pytest
from django.core.management.base import CommandError

from tenants.binding import is_bound
from tenants.commands import _without_binding, execute
from tenants.models import Tenant

ASK = "from tenants.binding import bound_alias; print(bound_alias())"
TRY = "from tenants.binding import is_bound; print(is_bound())"


@pytest.fixture
def run(cast: dict[str, Tenant], capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def command(*words: str) -> str:
        execute(["manage.py", *words])
        assert not is_bound()
        return capsys.readouterr().out.strip().splitlines()[-1]

    return command


@pytest.mark.parametrize(
    "words",
    [
        ["--tenant", "acme", "shell", "-c", ASK],
        ["shell", "--tenant", "acme", "-c", ASK],
        ["shell", "-c", ASK, "--tenant", "acme"],
        ["shell", "-c", ASK, "--tenant=acme"],
    ],
)
def test_a_command_is_bound_to_the_tenant_it_names(
    run: Callable[..., str], acme: Tenant, words: list[str]
) -> None:
    assert run(*words) == acme.schema_name


def test_a_command_is_bound_to_the_catalog_on_demand(run: Callable[..., str]) -> None:
    assert run("shell", "--catalog", "-c", ASK) == "catalog"


def test_a_shell_needs_no_flag_to_be_at_the_catalog(run: Callable[..., str]) -> None:
    assert run("shell", "-c", ASK) == "catalog"


def test_any_other_command_is_unbound(databases: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        execute(["manage.py", "dbshell", "--reason", "a test"])
    assert "Say whose database: --tenant SLUG or --catalog." in capsys.readouterr().err
    assert not is_bound()


@pytest.mark.parametrize("words", [["--tenant", "nobody"], ["--tenant=nobody"], ["--tenant"], ["--tenant="]])
def test_an_unknown_tenant_is_said_in_words(
    cast: dict[str, Tenant], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        execute(["manage.py", "shell", *words])
    said = capsys.readouterr().err
    assert re.match(r"shell: There is no tenant “(nobody)?”\. There are: acme, globex", said)
    assert not is_bound()


@pytest.mark.parametrize(
    ("words", "kept", "slug", "catalog"),
    [
        (["x"], ["x"], None, False),
        (["x", "--tenant", "a", "-v"], ["x", "-v"], "a", False),
        (["x", "--tenant=a"], ["x"], "a", False),
        (["x", "--catalog", "y"], ["x", "y"], None, True),
        (["x", "--tenant", "a", "--", "--tenant", "b"], ["x", "--", "--tenant", "b"], "a", False),
        (["x", "--", "--tenant=b", "--catalog"], ["x", "--", "--tenant=b", "--catalog"], None, False),
        (["x", "--tenants", "--catalogue"], ["x", "--tenants", "--catalogue"], None, False),
        (["x", "--", "--"], ["x", "--", "--"], None, False),
    ],
)
def test_what_is_taken_from_a_command_line(
    words: list[str], kept: list[str], slug: str | None, catalog: bool
) -> None:
    assert _without_binding(words) == (kept, slug, catalog)


@pytest.mark.parametrize(
    "words",
    [
        ["x", "--tenant", "a", "--catalog"],
        ["x", "--tenant", "a", "--tenant=b"],
        ["x", "--catalog", "--tenant="],
    ],
)
def test_two_who_are_named_are_nobody(words: list[str]) -> None:
    with pytest.raises(CommandError, match="Say one tenant, or the catalog"):
        _without_binding(words)


def test_dbshell_is_the_tenants_own_role(
    acme: Tenant, globex: Tenant, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = "select current_database(), current_user, (select count(*) from accounts_user)"
    execute(["manage.py", "dbshell", "--tenant", "globex", "--reason", "a test", "--", "-Atc", asked])
    assert capfd.readouterr().out.strip() == f"{globex.schema_name}|{globex.schema_name}|2"


def test_what_nobody_foresaw_is_no_finding(
    run: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Python would end with 1, which is what a damaged copy ends with."""
    with pytest.raises(SystemExit, match="2"):
        run("shell", "-c", "1 / 0")
    said = capsys.readouterr()  # where the log goes is the logger's
    assert "ZeroDivisionError" in said.out + said.err
