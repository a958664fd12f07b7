"""A cron job trusts exit codes: a slip of the pen and a server that is away are 2, in words, and never “damaged”."""

from uuid import uuid4

import pytest

from backups.models import Backup, Drill, RecoveryKey, Restore
from tenants.binding import CATALOG, bound_to, is_bound
from tenants.commands import execute
from tenants.control import ControlRun
from tenants.models import Tenant
from tests.support.command_line import Said, begin, end, ours, without_secrets

OSCAR = ("--as", "oscar@amana.example", "--code", "123456")
WISH = ("--latest", "--purpose", "mistake", "--reason", "Undo it")
OF_A_TENANT = [
    ("backups",),
    ("verify_backup",),
    ("expire_backups",),
    ("backup_now",),
    ("drill",),
    ("restore", *WISH, *OSCAR),
    ("recovery_keys",),
    ("rotate_recovery_keys",),
]
OF_ALL = [
    ("backups",),
    ("verify_backup", "--all"),
    ("expire_backups",),
    ("backup_now", "--all"),
    ("drill", "--catalog"),
    ("restore", "--agree", str(uuid4()), *OSCAR),
    ("recovery_keys",),
    ("rotate_recovery_keys",),
    ("escrow_recovery_keys",),
    ("rebuild_catalog", "--from-manifests"),
]
AN_ID = str(uuid4())
CONTRADICTIONS = [
    ("backups", "--tenant", "acme", "--catalog"),
    ("verify_backup", "--tenant", "acme", "--tenant", "globex"),
    ("verify_backup", "--all", "--id", AN_ID),
    ("expire_backups", "--dry-run", "--agree", "3"),
    ("backup_now", "--tenant", "acme", "--catalog"),
    ("backup_now", "--tenant", "acme", "--all"),
    ("backup_now", "--catalog", "--all"),
    ("drill", "--tenant", "acme", "--latest", "--random"),
    ("drill", "--tenant", "acme", "--code", "123456"),
    ("recovery_keys", "acme", "--tenant", "globex"),
    ("recovery_keys", "acme", "--catalog"),
    ("rotate_recovery_keys", "acme", "--tenant", "globex"),
    ("rotate_recovery_keys", "acme", "--catalog"),
    ("rotate_recovery_keys", "acme", "--recipients"),
    ("rotate_data_keys", "--catalog"),
    ("restore", "--catalog", "--agree", AN_ID, *OSCAR),
    ("restore", "--agree", AN_ID, "--begin", AN_ID, *OSCAR),
    ("restore", "--agree", AN_ID, "--leave-log", *OSCAR),
    ("restore", "--begin", AN_ID, "--in-place", *OSCAR),
    ("restore", "--begin", AN_ID, "--reason", "Undo it", *OSCAR),
    ("restore", "--give-up", AN_ID, "--confirm", "acme", *OSCAR),
    ("restore", "--tenant", "acme", *WISH, "--confirm", "acme", *OSCAR),
]


def at_once(*commands: tuple[str, ...], environment: dict[str, str]) -> list[Said]:
    return [end(process) for process in [begin(*each, environment=environment) for each in commands]]


def rows() -> list[int]:
    with bound_to(CATALOG):
        return [each.objects.count() for each in (Backup, Drill, Restore, RecoveryKey, ControlRun)]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("words", CONTRADICTIONS, ids=" ".join)
def test_words_that_contradict_each_other_are_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows()
    with pytest.raises(SystemExit) as ended:
        execute(["manage.py", *words])

    said = capsys.readouterr()
    assert ended.value.code == 2
    assert (said.out, "Traceback" in said.err) == ("", False)
    assert said.err.strip()
    assert rows() == before
    assert not is_bound()


@pytest.mark.usefixtures("cast")
def test_a_key_that_isnt_there_is_not_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        execute(["manage.py", "recovery_keys", "acmee"])
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", "CommandError: There is no recovery key of “acmee”.\n")


@pytest.mark.slow
def test_a_name_that_nobody_has_is_2_in_words(acme: Tenant) -> None:
    commands = [(*each, "--tenant", "acmee") for each in OF_A_TENANT]
    for said in at_once(*commands, environment=without_secrets()):
        assert (said.code, said.output) == (2, "")
        assert ": There is no tenant “acmee”. There are: " in said.error
        assert said.error.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("holds", [ours, without_secrets], ids=["every credential", "a shell's"])
def test_a_database_that_is_away_is_2_in_words(holds: object) -> None:
    assert callable(holds)
    nowhere = {
        name: "postgresql://nobody:nothing@127.0.0.1:1/catalog"
        for name in ours()
        if name.startswith("AMANA_") and ours()[name].startswith("postgres")
    }
    environment = {name: nowhere.get(name, value) for name, value in holds().items()}
    for said in at_once(*OF_ALL, environment=environment):
        assert (said.code, said.output) == (2, "")
        assert "PostgreSQL is away, or refuses: connection failed" in said.error
        assert "Traceback" not in said.error
        assert said.error.count("\n") <= 2, "The log says besides what it couldn't note."
        assert "nothing@" not in said.error


@pytest.mark.slow
def test_a_broker_that_is_away_is_2_in_words(acme: Tenant) -> None:
    environment = without_secrets() | {"AMANA_BROKER_URL": "redis://127.0.0.1:1/0"}
    commands = [("expire_backups",), ("recovery_keys",), ("backup_now", "--tenant", "acme")]
    for said in at_once(*commands, environment=environment):
        assert (said.code, said.output) == (2, "")
        assert "The broker is away" in said.error
        assert "Traceback" not in said.error
    with bound_to(CATALOG):
        assert not ControlRun.objects.exists()
        Backup.objects.filter(tenant=acme, state="waiting").delete()
