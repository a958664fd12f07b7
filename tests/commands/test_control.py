"""Without the provisioner's credential the work goes to a real `control` worker, and its words come back."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from tenants import control
from tenants.binding import CATALOG, bound_to
from tenants.control import ControlRun, carry_out_run
from tenants.identifiers import new_id
from tenants.models import Tenant
from tests.lifecycle.asking import a_slug
from tests.lifecycle.looking import (
    databases,
    nothing_is_orphaned,
    operations_of,
    template_locked,
    tenants_called,
    wait_until,
)
from tests.support.authenticator import code_for
from tests.support.command_line import begin, end, manage, ours, without_secrets
from tests.support.fleet import add_user

pytestmark = pytest.mark.usefixtures("real_catalog")
NEW = ("--name", "Hooli Ltd", "--owner-email", "ivy@hooli.example")
CREDENTIALS = {"AMANA_PROVISIONER_URL", "AMANA_IDENTITY_KEY", "AMANA_KEYSTORE_URL", "AMANA_MASTER_KEY"}


@pytest.fixture(scope="module")
def worker(databases: None) -> Iterator[subprocess.Popen[bytes]]:
    """It and nobody else here is told the URLs and keys that control holds."""
    environment = without_secrets() | {name: ours()[name] for name in CREDENTIALS}
    options = ("--queues=control", "--concurrency=1", "--hostname=control@tests", "--loglevel=INFO")
    command = [sys.executable, "-m", "celery", "--app=config", "--quiet", "--skip-checks", "worker", *options]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        wait_until(lambda: b"ready." in os.pread(log.fileno(), 100_000, 0), 40)
        yield process
        process.terminate()
        process.wait(20)


@pytest.mark.usefixtures("worker")
def test_create_is_carried_out_by_control_and_its_steps_are_shown() -> None:
    slug = a_slug()

    done = manage("create_tenant", slug, *NEW, environment=without_secrets())

    assert (done.code, done.error) == (0, "")
    [tenant] = tenants_called(slug)
    assert len(done.lines) == 13
    assert "Make the template ready" in done.lines[0]
    assert "Publish the address" in done.lines[9]
    assert done.lines[11].startswith(f"{tenant.site_url} is ready.")
    assert tenant.state == "active"
    assert nothing_is_orphaned()


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
def test_steps_are_shown_while_they_happen() -> None:
    slug = a_slug()
    with template_locked():
        process = begin("create_tenant", slug, *NEW, environment=without_secrets())
        assert process.stdout
        first = [process.stdout.readline(), process.stdout.readline()]
        [tenant] = tenants_called(slug)
        assert (tenant.state, operations_of(tenant)) == ("provisioning", [("provision", "running")])

    rest = end(process)

    assert ["Make the template ready" in first[0], "Create the role" in first[1]] == [True, True]
    assert (rest.code, rest.error) == (0, "")


@pytest.mark.usefixtures("worker")
def test_a_refusal_comes_back_in_words_with_its_exit_code(hooli: Tenant) -> None:
    refused = manage("create_tenant", "hooli", *NEW, environment=without_secrets())

    assert (refused.code, refused.output) == (1, "")
    assert refused.error == "CommandError: “hooli” is taken: choose another short name.\n"


@pytest.mark.usefixtures("worker")
def test_close_is_confirmed_here_and_carried_out_there(hooli: Tenant) -> None:
    refused = manage("close_tenant", "hooli", typed="globex\n", environment=without_secrets())
    assert (refused.code, refused.error) == (
        1,
        "CommandError: Type hooli to close it: nothing was done.\n",
    )
    assert operations_of(hooli) == [("provision", "done")]

    closed = manage("close_tenant", "hooli", typed="hooli\n", environment=without_secrets())

    assert (closed.code, closed.error) == (0, "")
    assert closed.lines[-1] == "hooli is closed."
    assert hooli.schema_name not in databases()


@pytest.mark.usefixtures("worker")
def test_the_fleet_and_the_walls_are_looked_at_by_control(hooli: Tenant) -> None:
    plan = manage("migrate_fleet", "--plan", environment=without_secrets())
    checked = manage("check_isolation", "--no-repair", environment=without_secrets())

    assert (plan.code, plan.output, plan.error) == (0, "0 tenants are behind.\n", "")
    assert (checked.code, checked.error) == (0, "")
    assert "hooli: the identity is signed: held" in checked.lines


def environment_of(pid: int) -> set[str]:
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return {entry.partition(b"=")[0].decode() for entry in entries}


def test_only_the_worker_holds_the_provisioners_credentials(worker: subprocess.Popen[bytes]) -> None:
    client = begin("close_tenant", "nobody", environment=without_secrets())
    told = environment_of(client.pid)
    end(client)

    assert environment_of(worker.pid) & CREDENTIALS == CREDENTIALS
    assert not told & CREDENTIALS
    others = {name for name in environment_of(worker.pid) if name.endswith("_URL")}
    assert others == {
        "AMANA_BROKER_URL",
        "AMANA_CACHE_URL",
        "AMANA_DATABASE_URL",
        "AMANA_KEYSTORE_URL",
        "AMANA_PROVISIONER_URL",
    }


@pytest.fixture
def without_provisioner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "AMANA_PROVISIONER_URL", "")


@pytest.mark.usefixtures("without_provisioner")
def test_what_a_silent_worker_was_asked_is_taken_back_and_never_done(
    worker: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen, and handed the message when it wakes; it takes one after the other."""
    monkeypatch.setattr(control, "SILENCE_SECONDS", 0.5)
    slug = a_slug()
    worker.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(CommandError, match=r"is silent, or busy .*: nothing was done") as silent:
            call_command("create_tenant", slug, *NEW)
    finally:
        worker.send_signal(signal.SIGCONT)
    assert silent.value.returncode == 2

    monkeypatch.setattr(control, "SILENCE_SECONDS", 30.0)
    with pytest.raises(CommandError, match="There is no recovery key of “nobody”") as answered:
        call_command("recovery_keys", "nobody")
    assert answered.value.returncode == 2
    assert tenants_called(slug) == []
    with bound_to(CATALOG):
        assert not ControlRun.objects.exists()


@pytest.mark.usefixtures("without_provisioner")
def test_a_worker_that_fell_silent_had_begun_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "SILENCE_SECONDS", 0.5)

    def begun(run: ControlRun) -> None:
        ControlRun.objects.filter(pk=run.pk).update(alive_at=timezone.now(), output="Step one\n")

    monkeypatch.setattr(control, "_hand_over", begun)
    said = StringIO()
    with pytest.raises(CommandError, match="had begun, and is silent now: what it did stays done") as silent:
        call_command("create_tenant", a_slug(), *NEW, stdout=said)

    assert (silent.value.returncode, said.getvalue()) == (2, "Step one\n")
    with bound_to(CATALOG):
        assert not ControlRun.objects.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
def test_an_argument_that_is_called_like_an_option_of_djangos_arrives(
    new_tenant: Callable[[], Tenant],
) -> None:
    tenant = new_tenant()
    assert manage("rotate_data_keys", tenant.slug, environment=without_secrets()).code == 0
    words = ("shred_data_key", tenant.slug, "1", "--reason", "leaked", "--confirm", tenant.slug)

    done = manage(*words, environment=without_secrets())

    assert (done.code, done.output.partition(" destroyed")[0]) == (0, f"data key version 1 of {tenant.pk}: 1")


def test_a_command_delivered_twice_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slug = a_slug()
    options = {"slug": slug, "name": "Hooli", "language": "en", "owner_email": "i@hooli.example"}
    with bound_to(CATALOG):
        run = ControlRun.objects.create(command="create_tenant", options=options | {"owner_name": ""})

    carry_out_run(run.pk)
    carry_out_run(run.pk)

    with bound_to(CATALOG):
        run.refresh_from_db()
    assert run.error == ""
    assert len(run.output.splitlines()) == 13
    assert len(tenants_called(slug)) == 1


def test_control_runs_only_the_commands_that_are_for_it(caplog: pytest.LogCaptureFixture) -> None:
    with bound_to(CATALOG):
        run = ControlRun.objects.create(command="shell", options={"command": "boom"})

    carry_out_run(run.pk)

    with bound_to(CATALOG):
        run.refresh_from_db()
    assert (run.output, run.error) == ("", "shell is not for control.")
    [line] = [line for line in caplog.records if line.name == "tenants.control"]
    assert (line.getMessage(), line.levelname) == ("The command shell failed.", "ERROR")
    assert line.exc_info


@pytest.mark.slow
def test_a_broker_that_is_away_is_one_sentence() -> None:
    environment = without_secrets() | {"AMANA_BROKER_URL": "redis://127.0.0.1:1/0"}

    refused = manage("create_tenant", a_slug(), *NEW, environment=environment)

    assert (refused.code, refused.output) == (2, "")
    assert refused.error == (
        "CommandError: The broker is away, so the control worker hears nothing: nothing was done.\n"
    )


@pytest.mark.slow
def test_a_broker_that_is_frozen_is_the_same_sentence_before_long() -> None:
    slug = a_slug()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        environment = without_secrets() | {"AMANA_BROKER_URL": f"redis://127.0.0.1:{mute.getsockname()[1]}/0"}
        refused = manage("create_tenant", slug, *NEW, environment=environment)

    assert (refused.code, refused.output) == (2, "")
    assert refused.error.startswith("CommandError: The broker is away")
    with bound_to(CATALOG):
        assert not ControlRun.objects.filter(options__slug=slug).exists()


@pytest.mark.slow
def test_a_run_that_was_taken_back_is_not_carried_out_when_its_message_arrives() -> None:
    carry_out_run(new_id())


@pytest.mark.usefixtures("worker")
def test_an_operator_at_a_shell_is_proved_by_control_and_no_code_stays() -> None:
    """A shell holds nothing that opens a second factor."""
    email = f"{a_slug()}@proofs.example"
    with bound_to(CATALOG):
        add_user(email, "Yusuf", "recovery_operator")
    words = ("prove_operator", email, "platform.backup:restore", "--code", code_for(CATALOG, email))

    proved, again = (manage(*words, environment=without_secrets()) for _ in range(2))

    assert (proved.code, proved.output) == (0, "It is Yusuf.\n")
    assert again.code == 1
    assert "used already" in again.error or "just expired" in again.error
    with bound_to(CATALOG):
        assert not ControlRun.objects.filter(command="prove_operator").exists()
        User.objects.filter(email=email).update(is_active=False)
    gone = manage(*words, environment=without_secrets())
    assert (gone.code, "may not do that" in gone.error) == (1, True)
