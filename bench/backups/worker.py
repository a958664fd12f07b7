"""One work in a process of its own, whose memory is its own: says seconds and peak memory as JSON.

python -m bench.backups.worker WORK [TENANT]
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

# ruff: noqa: E402 - models can be imported once Django is set up
from django.conf import settings

from audit.context import acting
from backups.drilling.running import run_next
from backups.fingerprints.databases import fingerprint
from backups.models import Backup, Restore
from backups.pipeline import LEVEL, seal_into
from backups.programs import environment_for, program
from backups.recovery_keys.finding import current_key
from backups.recovery_keys.opening import opened
from backups.restoring import asking
from backups.restoring.carrying import carry
from backups.scheduling.working import work
from backups.snapshots import dump_of, snapshot_of
from backups.storage import open_store
from backups.taking import DUMP, take
from bench.backups.filling import superuser
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.restoring.conftest import drill_worker

Work = Callable[[Tenant], object]
BASH = shutil.which("bash") or "/bin/bash"
SPOOL = Path(os.environ.get("AMANA_VAR", ".")) / "bench"


def our_copy(tenant: Tenant) -> None:
    with bound_to(CATALOG):
        backup = Backup.objects.create(tenant=tenant, tier="manual")
        backup.begin()
        backup = Backup.objects.select_related("tenant__server").get(pk=backup.pk)
    take(backup)


def our_pipeline(tenant: Tenant) -> None:
    """The dump alone, without the fingerprint beside it."""
    with bound_to(CATALOG):
        recipient = current_key(tenant).recipient
    name = f"bench/{time.time_ns()}.age"
    store = open_store("writer")
    with snapshot_of(tenant.place) as snapshot, dump_of(snapshot) as dump:
        seal_into(store, name, dump, recipient)
    open_store("keeper").delete(name)


def our_fingerprint(tenant: Tenant) -> None:
    """Alone, without the dump beside it."""
    with snapshot_of(tenant.place) as snapshot:
        fingerprint(snapshot.connection)


def shell(tenant: Tenant) -> None:
    with bound_to(CATALOG):
        recipient = current_key(tenant).recipient
    SPOOL.mkdir(exist_ok=True)
    target = SPOOL / "shell.age"
    script = (
        f"set -o pipefail; '{program('pg_dump')}' -Fc --compress=none | zstd -{LEVEL} -q -T1 | age -r {recipient}"
        f" > '{target}' && sync '{target}'"
    )
    with snapshot_of(tenant.place) as snapshot:
        environment = environment_for(snapshot.conninfo)
    subprocess.run([BASH, "-c", script], env=environment, check=True)


def copies(_: Tenant) -> None:
    """As the worker `backup`, until nothing is left; how many of them there are is for the bench to say."""
    settings.AMANA_BACKUPS_PER_SERVER = settings.AMANA_BACKUPS_AT_ONCE = 100
    while work():
        """It gives others their turn now and then."""


def drills(_: Tenant) -> None:
    """As the worker `drill`."""
    while run_next():
        """The next one."""


def our_restore(tenant: Tenant) -> None:
    """From asking to a database that is ready to be put in force."""
    with bound_to(CATALOG):
        backup = Backup.objects.stored().filter(tenant=tenant).newest_first()[0]
        wish = asking.Wish("mistake", "bench")
        restore = asking.ask(tenant, backup, "operator:oscar", wish)
        asking.approve(restore, "operator:priya")
        operation = asking.begin(restore, "operator:oscar")
    with drill_worker():
        carry(operation.pk)
    with bound_to(CATALOG):
        assert Restore.objects.get(pk=restore.pk).state == Restore.State.READY
        asking.give_up(Restore.objects.get(pk=restore.pk), "operator:oscar")


def bare_restore(tenant: Tenant) -> None:
    """age, zstd and pg_restore in the shell, into a database of the superuser's, in one pass."""
    with bound_to(CATALOG):
        backup = Backup.objects.stored().filter(tenant=tenant).newest_first()[0]
        (SPOOL / "identity").write_text(opened(current_key(tenant)))
    copy = Path(settings.AMANA_BACKUP_STORE.removeprefix("file://")) / backup.folder / DUMP
    environment = environment_for(superuser("postgres"))
    name = f"bench_{time.time_ns()}"
    script = (
        f"set -o pipefail; '{program('createdb')}' -T template0 {name}"
        f" && age -d -i '{SPOOL}/identity' '{copy}'"
        f" | zstd -d | '{program('pg_restore')}' --no-owner --no-acl -1 -e -d {name}; code=$?;"
        f" '{program('dropdb')}' {name}; exit $code"
    )
    subprocess.run([BASH, "-c", script], env=environment, check=True)


def peak() -> int:
    """Megabytes this process has ever held at once. Not ru_maxrss, which begins with that of whoever started us."""
    [line] = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) >> 10


def missing_tools() -> list[str]:
    return [name for name in ("age", "zstd", "bash") if not shutil.which(name)]


WORKS: dict[str, Work] = {
    each.__name__: each
    for each in (our_copy, our_pipeline, our_fingerprint, shell, copies, drills, our_restore, bare_restore)
}


def main(name: str, key: str = "") -> None:
    with bound_to(CATALOG):
        tenant = Tenant.objects.select_related("server").filter(pk=key or None).first()
    idle = peak()
    began = time.perf_counter()
    with acting("system:bench"):
        WORKS[name](tenant)  # type: ignore[arg-type]
    told = {
        "seconds": time.perf_counter() - began,
        "idle_mb": idle,
        "peak_mb": peak(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
