import signal
import sys
import textwrap
from pathlib import Path

import pytest

from tests.embedded.checkout import Checkout

SHOW = "import os; print(*sorted(name for name in os.environ if name.startswith('AMANA_')))"


def python(code: str) -> list[str]:
    return ["--", sys.executable, "-c", textwrap.dedent(code)]


def test_the_exit_code_is_the_commands_and_nothing_is_left(checkout: Checkout) -> None:
    done = checkout.embedded("exec", "--var", "var/t", "--tests", *python("import sys; sys.exit(7)"))
    assert (done.returncode, done.stderr) == (7, "")
    assert not (checkout.folder / "var" / "t").exists()
    assert checkout.living() == []


@pytest.mark.slow
def test_only_tests_are_told_the_superusers_url(checkout: Checkout) -> None:
    tests = checkout.embedded("exec", "--var", "var/t", "--tests", *python(SHOW)).stdout.split()
    plain = checkout.embedded("exec", "--var", "var/t", *python(SHOW)).stdout.split()
    assert "AMANA_SUPERUSER_URL" in tests
    assert set(tests) - set(plain) == {"AMANA_SUPERUSER_URL"}
    assert {"AMANA_PROVISIONER_URL", "AMANA_IDENTITY_KEY", "AMANA_CLUSTER_JSON", "AMANA_KEYSTORE_URL"} <= set(
        plain
    )


KILL_AND_START = """
    import os
    from embedded.cluster import Cluster

    cluster = Cluster.load(os.environ["AMANA_VAR"])
    first = cluster.pid
    cluster.kill()
    assert cluster.pid is None
    cluster.start()
    assert cluster.pid not in (None, first)
    assert cluster.environment()["AMANA_SUPERUSER_URL"] == os.environ["AMANA_SUPERUSER_URL"]
    cluster.child.record.unlink()
    cluster.start()
    cluster.stop()
    assert cluster.pid is None
    cluster.start()

    import psycopg
    with psycopg.connect(os.environ["AMANA_DATABASE_URL"]) as connection:
        print(*connection.execute("SELECT current_user, current_database()").fetchone())
    print(os.environ["AMANA_CACHE_URL"])

    import redis
    redis.from_url(os.environ["AMANA_CACHE_URL"]).ping()
"""


@pytest.mark.slow
def test_the_command_can_kill_and_start_postgres(checkout: Checkout) -> None:
    done = checkout.embedded("exec", "--var", "var/t", "--tests", *python(KILL_AND_START))
    assert done.stderr == ""
    assert done.stdout.startswith("amana_catalog catalog\n")
    assert checkout.living() == []


@pytest.mark.slow
def test_kept_data_are_there_the_next_time(checkout: Checkout) -> None:
    write = """
        import os, psycopg
        with psycopg.connect(os.environ["AMANA_SUPERUSER_URL"]) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS seen ()")
            print(connection.execute("INSERT INTO seen DEFAULT VALUES").rowcount)
            print(connection.execute("SELECT count(*) FROM seen").fetchone()[0])
    """
    arguments = ("exec", "--var", "var/t", "--tests", "--keep", *python(write))
    assert checkout.embedded(*arguments).stdout == "1\n1\n"
    assert checkout.embedded(*arguments).stdout == "1\n2\n"


WAIT = "import time; print('go', flush=True); time.sleep(600)"


def test_sigterm_reaches_the_command_and_nothing_is_left(checkout: Checkout) -> None:
    waiting = checkout.begin("exec", "--var", "var/t", "--tests", *python(WAIT)).until("go")
    assert waiting.stop(signal.SIGTERM) == 128 + signal.SIGTERM
    assert not (checkout.folder / "var" / "t").exists()
    assert checkout.living() == []


def test_a_folder_that_is_not_ours_is_not_emptied(checkout: Checkout) -> None:
    precious = checkout.folder / "thesis"
    precious.mkdir()
    (precious / "chapter-1").write_text("It was a dark night.")
    refused = checkout.embedded("exec", "--var", "thesis", "--", "true")
    assert refused.returncode == 1
    assert refused.stderr == f"amana: {precious} holds files that are not Amana's: choose another folder.\n"
    assert (precious / "chapter-1").exists()


@pytest.mark.slow
def test_no_command_and_an_unknown_command_are_one_sentence_each(checkout: Checkout) -> None:
    assert "Say which command to run" in checkout.embedded("exec", "--var", "var/t").stderr
    unknown = checkout.embedded("exec", "--var", "var/t", "--tests", "--", "/no/such/program")
    assert unknown.stderr == "amana: /no/such/program can't be run: No such file or directory.\n"
    assert checkout.living() == []


@pytest.mark.slow
def test_the_real_walls_are_built_when_the_script_is_the_real_one(checkout: Checkout) -> None:
    real = Path(__file__).parent.parent.parent / "tenants" / "sql"
    for name in ("bootstrap.sql", "pg_hba.conf"):
        (checkout.place.sql / name).write_bytes((real / name).read_bytes())
    ask = """
        import os, psycopg
        with psycopg.connect(os.environ["AMANA_PROVISIONER_URL"]) as connection:
            print(connection.execute("SELECT current_user").fetchone()[0])
    """
    done = checkout.embedded("exec", "--var", "var/t", "--tests", *python(ask))
    assert (done.stdout, done.stderr) == ("amana_provisioner\n", "")


@pytest.mark.slow
def test_a_broken_script_is_named_with_its_error(checkout: Checkout) -> None:
    (checkout.place.sql / "bootstrap.sql").write_text("SELECT 1/0;\n")
    failed = checkout.embedded("exec", "--var", "var/t", "--tests", "--", "true")
    assert failed.returncode == 1
    assert failed.stderr.startswith("amana: bootstrap.sql failed: ")
    assert "division by zero" in failed.stderr
    assert checkout.living() == []


@pytest.mark.slow
def test_a_mode_700_parent_is_no_obstacle(checkout: Checkout) -> None:
    checkout.folder.parent.chmod(0o700)
    assert checkout.embedded("exec", "--var", "var/t", "--tests", "--", "true").returncode == 0


@pytest.mark.slow
def test_one_folder_serves_one_command_at_a_time(checkout: Checkout) -> None:
    checkout.begin("exec", "--var", "var/t", "--tests", *python(WAIT)).until("go")
    refused = checkout.embedded("exec", "--var", "var/t", "--tests", "--", "true")
    assert refused.stderr.startswith("amana: Amana is already running on ")
    assert (checkout.folder / "var" / "t" / "cluster.json").exists()
    fresh = checkout.embedded("run", "--fresh", "--yes")
    assert fresh.stderr.startswith("amana: Amana is already running on ")
