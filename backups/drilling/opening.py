"""The second half of getting there: decrypted with the tenant's key, read to its end, restored by a non-superuser."""

import re
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress

from django.utils.translation import gettext_noop

from backups.drilling.machine import check_words_of_server
from backups.drilling.scratch import is_superuser
from backups.drilling.work import Found, Work
from backups.exceptions import BackupError, MachineFailed, NotOfTheCopy, RecoveryKeyMissing, StepFailed
from backups.models import RecoveryKey
from backups.pipeline import open_from
from backups.programs import check_can_restore, environment_for, program
from backups.recovery_keys.checking import opened_and_noted
from backups.sentences import sentence, words_of
from backups.storage import Writable
from backups.taking import DUMP
from tenants.binding import CATALOG, bound_to
from tenants.places import drill_url

SAID = 4000
# A value that PostgreSQL quotes because it can't read it: it stays in the database.
QUOTED = re.compile(r"(invalid [^:]*: |\)=\().*")


def decrypt(work: Work) -> Found:
    """Every object to its last byte: age proves each block, and its end."""
    work.identity = _identity_for(work)
    sizes = {}
    for name, said in work.manifest["objects"].items():
        counted = Counting(work.pulse.check)
        try:
            open_object(work, name, counted)
        except BackupError as trouble:
            work.pulse.check()
            says = sentence(
                gettext_noop("%(name)s can't be decrypted: %(why)s"), name=name, why=words_of(trouble)
            )
            raise StepFailed(says) from trouble
        if counted.bytes != said["plain_bytes"]:
            raise StepFailed(
                sentence(
                    gettext_noop("%(name)s holds %(size)s bytes and not %(bytes)s."),
                    name=name,
                    size=counted.bytes,
                    bytes=said["plain_bytes"],
                )
            )
        sizes[name] = counted.bytes
    says = sentence(gettext_noop("%(bytes)s bytes came out, as many as went in."), bytes=sum(sizes.values()))
    return Found(says, {"plain_bytes": sizes})


def _identity_for(work: Work) -> str:
    """What opens this copy, which only the drill worker can unwrap here.

    Raises StepFailed: where the key was destroyed, with the copy; what else is wrong with one an escrow mends.
    """
    with bound_to(CATALOG):
        key = RecoveryKey.objects.filter(
            tenant=work.drill.tenant_id, version=work.manifest["key_version"]
        ).first()
    version = work.manifest["key_version"]
    if key is None:
        missing = gettext_noop("The recovery key of version %(version)s is missing: restore an escrow.")
        raise NotOfTheCopy(sentence(missing, version=version))
    if key.destroyed_at:
        gone = gettext_noop("The recovery key of version %(version)s is gone: nobody can open this copy.")
        raise StepFailed(sentence(gone, version=version))
    try:
        identity = opened_and_noted(key)
    except RecoveryKeyMissing as missing:
        raise NotOfTheCopy(str(missing)) from missing
    if key.recipient != work.manifest["recipient"]:
        raise NotOfTheCopy(
            sentence(
                gettext_noop("The recovery key in the catalog isn't the one that this copy was made for.")
            )
        )
    return identity


def open_object(work: Work, name: str, target: Writable) -> None:
    """Decrypted and decompressed into `target`. Raises BackupError, and what `target` raises."""
    with work.path(name).open("rb") as source:
        open_from(source, target, work.identity)


class Counting:
    """Where what was decrypted goes when nobody wants it."""

    def __init__(self, check: Callable[[], None]) -> None:
        self.check, self.bytes = check, 0

    def write(self, data: bytes, /) -> int:
        self.check()
        self.bytes += len(data)
        return len(data)


def parse(work: Work) -> Found:
    """pg_restore reads the archive from end to end and writes it as SQL, to nobody."""
    check_can_restore(work.manifest["versions"])
    _feed(work, ["--file=/dev/null"], {})
    says = sentence(gettext_noop("pg_restore read the whole archive."))
    return Found(says, {"pg_restore": work.manifest["versions"]["pg_dump"]})


def restore(work: Work) -> Found:
    """All or nothing, and at the first error nothing. Exit code 0 is believed of no more than that it ended."""
    if is_superuser(work.scratch):
        raise NotOfTheCopy(
            sentence(gettext_noop("amana_drill is a superuser: that a restore works as one proves little."))
        )
    options = ["--no-owner", "--no-acl", "--single-transaction", "--exit-on-error", "--dbname=scratch"]
    _feed(work, options, environment_for(drill_url()))
    row = work.scratch.execute("SELECT pg_database_size(current_database())").fetchone()
    size = row[0] if row else 0
    says = sentence(
        gettext_noop("Restored in one transaction, by a non-superuser: %(bytes)s bytes."), bytes=size
    )
    return Found(says, {"bytes": size})


def _feed(work: Work, options: list[str], environment: dict[str, str]) -> None:
    """Decrypt into pg_restore, in a stream. Raises StepFailed in its words, without what stands in a row."""
    environment = environment or {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    command = [program("pg_restore"), "--format=custom", *options]
    process = subprocess.Popen(
        command,
        env=environment | {"PGAPPNAME": "amana drill restoring"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    said: list[bytes] = []
    listener = threading.Thread(target=_listen, args=(process, said), daemon=True)
    listener.start()
    try:
        with work.pulse.breaking_off(process.kill):
            _pour(work, process)
            code = process.wait()
    finally:
        process.kill()
        process.wait()
        listener.join()
        with suppress(BrokenPipeError):
            process.stdin.close()  # type: ignore[union-attr] # asked for with PIPE
    work.pulse.check()
    if code < 0:
        raise MachineFailed(
            sentence(
                gettext_noop("pg_restore was killed on the drill worker's machine, by signal %(signal)s."),
                signal=-code,
            )
        )
    if code:
        words = _words(said)
        check_words_of_server(words)
        raise StepFailed(
            sentence(gettext_noop("pg_restore ended with %(code)s: %(words)s"), code=code, words=words)
        )


def _pour(work: Work, process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None  # noqa: S101 - asked for with PIPE
    try:
        with process.stdin:
            open_object(work, DUMP, process.stdin)
    except BrokenPipeError:
        """It has ended, and its words and exit code say why."""


def _listen(process: "subprocess.Popen[bytes]", said: list[bytes]) -> None:
    """To the end, so that it never waits for us; only the beginning is kept."""
    assert process.stderr is not None  # noqa: S101 - asked for with PIPE
    with process.stderr:
        while data := process.stderr.read(SAID):
            if len(said) < 2:
                said.append(data)


def _words(said: list[bytes]) -> str:
    lines = b"".join(said).decode(errors="replace").splitlines()
    errors = [line for line in lines if "error:" in line]
    first = errors[0].partition("error: ")[2] if errors else "it said nothing"
    return QUOTED.sub(r"\1…", first)[:500]
