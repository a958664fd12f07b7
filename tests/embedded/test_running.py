import http.client
import re
import signal
import stat
import time
from pathlib import Path

import pytest

from embedded import processes
from embedded.files import read_json
from tests.embedded.checkout import Checkout


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def status_at(pattern: str, said: str) -> int:
    found = re.search(pattern, said)
    assert found
    connection = http.client.HTTPConnection("127.0.0.1", int(found[1]))
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def leader(checkout: Checkout, name: str) -> int:
    return int(read_json(checkout.place.record(name)).get("pid", 0))


def test_the_first_run_shows_its_steps_and_the_second_finds_everything_there(checkout: Checkout) -> None:
    first = checkout.run()
    assert re.search(r"data directory +made", first.said)
    assert re.search(r"roles and databases +made", first.said)
    assert "  prepared\n" in first.said
    assert "sara@nakheel.example  a long one" in first.said
    assert status_at(r"public site +http://localhost:(\d+)", first.said) == 200
    assert first.stop() == 0
    assert checkout.living() == []
    assert mode(checkout.place.var) == 0o700
    assert mode(checkout.place.secrets_file) == 0o600
    assert mode(checkout.place.cluster_file) == 0o600
    second = checkout.run("--no-demo")
    assert "data directory" not in second.said
    assert re.search(r"roles and databases +there", second.said)
    assert "  prepared --no-demo\n" in second.said
    assert second.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_child_is_left_however_it_is_asked_to_stop(checkout: Checkout, number: int) -> None:
    run = checkout.run()
    assert len(checkout.living()) > 15
    assert run.stop(number) == 0
    assert checkout.living() == []
    assert run.said.endswith("Stopping.\nStopped.\n")
    assert list((checkout.place.var / "run").iterdir()) == []


@pytest.mark.slow
def test_what_a_killed_supervisor_left_is_recovered(checkout: Checkout) -> None:
    run = checkout.run()
    left = [seen.pid for seen in checkout.living() if seen.pid != run.process.pid]
    run.stop(signal.SIGKILL)
    assert set(left) & {seen.pid for seen in checkout.living()}
    again = checkout.run()
    assert "leftovers of an earlier run are stopped" in again.said
    assert not set(left) & {seen.pid for seen in checkout.living()}
    assert again.stop() == 0
    assert checkout.living() == []


@pytest.mark.slow
def test_servers_end_by_themselves_when_their_supervisor_is_killed(checkout: Checkout) -> None:
    run = checkout.run()
    leaders = {leader(checkout, name) for name in ("postgresql", "valkey", "web", "default", "beat")}
    run.stop(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while leaders & {seen.pid for seen in processes.everyone()}:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_what_dies_is_started_again_and_web_is_left_alone(checkout: Checkout) -> None:
    run = checkout.run()
    before = {name: leader(checkout, name) for name in ("postgresql", "valkey", "default", "web")}
    for name in ("postgresql", "valkey", "default"):
        processes.send(before[name], signal.SIGKILL)
    run.until("worker default died (exit code -9), starting it again in 0.5 s")
    deadline = time.monotonic() + 20
    while not all(leader(checkout, name) for name in before):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert leader(checkout, "postgresql") != before["postgresql"]
    assert leader(checkout, "valkey") != before["valkey"]
    assert leader(checkout, "web") == before["web"]
    assert run.stop() == 0
    assert checkout.living() == []


@pytest.mark.slow
def test_two_checkouts_run_at_once(checkout: Checkout, tmp_path: Path) -> None:
    other = Checkout(tmp_path / "another")
    try:
        first, second = checkout.run(), other.run()
        assert first.stop() == 0
        assert other.living() != []
        assert second.stop() == 0
    finally:
        other.close()


@pytest.mark.slow
def test_a_second_run_on_the_same_checkout_is_refused(checkout: Checkout) -> None:
    run = checkout.run()
    for arguments in (["run"], ["run", "--fresh", "--yes"]):
        refused = checkout.embedded(*arguments)
        assert refused.returncode == 1
        assert refused.stderr == (
            f"amana: Amana is already running on {checkout.place.var}: stop that one first.\n"
        )
    assert run.stop() == 0


@pytest.mark.slow
def test_fresh_asks_and_then_starts_over(checkout: Checkout) -> None:
    checkout.run().stop()
    secrets = checkout.place.secrets_file.read_text()
    unsure = checkout.embedded("run", "--fresh")
    assert unsure.returncode == 1
    assert "Nothing was removed." in unsure.stdout
    assert checkout.place.secrets_file.read_text() == secrets
    again = checkout.run("--fresh", "--yes")
    assert "data directory         made" in again.said
    assert checkout.place.secrets_file.read_text() != secrets
    assert again.stop() == 0


@pytest.mark.slow
def test_a_failing_first_step_stops_everything(checkout: Checkout) -> None:
    (checkout.folder / "prepare-is-broken").touch()
    failed = checkout.embedded("run", "--port", "0")
    assert failed.returncode == 1
    assert failed.stderr == (
        "the template could not be made\n"
        "amana: The databases could not be prepared: the reason stands above.\n"
    )
    assert checkout.living() == []


@pytest.mark.slow
def test_a_worker_that_does_not_start_is_named_with_its_last_words(checkout: Checkout) -> None:
    (checkout.folder / "celery-is-broken").touch()
    failed = checkout.embedded("run", "--port", "0")
    assert failed.returncode == 1
    assert failed.stderr == (
        "amana: worker default ended before it was ready: no broker, no work "
        f"({checkout.place.log('default')})\n"
    )
    assert checkout.living() == []


def test_commands_are_told_what_web_is_told(checkout: Checkout) -> None:
    early = checkout.embedded("manage", "prepare")
    assert early.stderr.endswith("yet: use ./run first.\n")
    checkout.run().stop()
    command = "import os; print(*sorted(name for name in os.environ if name.startswith('AMANA_')))"
    (checkout.folder / "manage.py").write_text(command)
    told = checkout.embedded("manage").stdout.split()
    assert "AMANA_DATABASE_URL" in told
    assert "AMANA_PROVISIONER_URL" not in told
    assert "AMANA_IDENTITY_KEY" not in told
