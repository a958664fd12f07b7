"""On a cluster of its own: every database, role and file is lost, and all of it comes back by what the runbook prints.

What is kept is what the chapter asks for: copies, both escrows, one offline key and the environment, without the drill
worker's key.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import django
from psycopg.conninfo import conninfo_to_dict

CHAPTER = "lost-machine"
OSCAR = "oscar@amana.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BUILT_IN = ("postgres", "template0", "template1")
NAMED = re.compile(r"\b(?:SLUG|ID|EMAIL|ESCROW_OF_KEYS|ESCROW|OFFLINE)\b")


@dataclass(frozen=True)
class Rescued:
    """Where that lies which survived."""

    keys: Path
    recovery_keys: Path
    offline: Path


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    os.environ["AMANA_BACKUP_STORE"] = f"file://{folder / 'copies'}"
    django.setup()
    from audit.context import acting  # noqa: PLC0415 - apps must be loaded first

    with acting("test"):
        rescued = live_and_be_copied(folder)
        lose_everything()
        come_back(Typist(folder, rescued))
        look()
    sys.stdout.write("proven\n")


def live_and_be_copied(folder: Path) -> Rescued:  # noqa: PLR0915 - one story
    """The catalog is copied first: how Acme's log was sealed since is anchored nowhere but in the storage."""
    from django.conf import settings  # noqa: PLC0415 - apps must be loaded first
    from django.core.files.base import ContentFile  # noqa: PLC0415
    from django.core.files.storage import default_storage  # noqa: PLC0415

    from backups.recovery_keys import escrow as recovery_keys  # noqa: PLC0415
    from backups.taking import take  # noqa: PLC0415
    from business.contacts.models import Contact  # noqa: PLC0415
    from keys import escrow as keys  # noqa: PLC0415
    from tenants.binding import CATALOG, bound_to  # noqa: PLC0415
    from tests.backups.conftest import claimed  # noqa: PLC0415
    from tests.sealing.sealed import seal_now  # noqa: PLC0415
    from tests.support import fleet  # noqa: PLC0415
    from tests.support.authenticator import give_device  # noqa: PLC0415

    fleet.prepare()
    acme = fleet.provision("acme", "Acme")
    with bound_to(CATALOG):
        give_device(fleet.add_user(OSCAR, "Oscar", "super_admin"), SECRET)
        fleet.add_user("priya@amana.example", "Priya", "super_admin")
    with bound_to(acme):
        fleet.add_user("alice@acme.example", "Alice", "owner")
        Contact.objects.create(name="Zanzibar Spice Ltd")
        default_storage.save("badges/logo.svg", ContentFile(b"<svg/>"))
    seal_now(acme)
    take(claimed(None))
    with bound_to(acme):
        Contact.objects.create(name="نخيل الرياض")
    seal_now(acme)
    take(claimed(acme))
    offline = folder / "offline.key"
    secrets = json.loads((Path(settings.AMANA_VAR) / "secrets.json").read_text())
    offline.write_text(f"# of one keeper\n{secrets['offline recovery keys'][0]}\n")
    of_keys, of_recovery_keys = keys.make_escrow(), recovery_keys.make_escrow()
    shutil.copy(of_keys, folder)
    shutil.copy(of_recovery_keys, folder)
    return Rescued(folder / of_keys.name, folder / of_recovery_keys.name, offline)


def lose_everything() -> None:
    """As on a server that has never seen us."""
    from django.conf import settings  # noqa: PLC0415 - apps must be loaded first
    from psycopg import sql  # noqa: PLC0415

    from tenants.pool import pool  # noqa: PLC0415
    from tests.lifecycle.looking import superuser  # noqa: PLC0415

    pool.close_idle()
    with superuser() as connection:
        named = connection.execute(
            "SELECT datname FROM pg_database WHERE NOT datname = ANY (%s)", [[*BUILT_IN]]
        )
        for (name,) in named.fetchall():
            said = sql.Identifier(name)
            connection.execute(sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE false").format(said))
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(said))
    query = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user ORDER BY 1"
    for database in ("template1", "postgres"):
        with superuser(database) as connection:
            for (name,) in connection.execute(query).fetchall():
                connection.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(name)))
    with superuser() as connection:
        for (name,) in connection.execute(query).fetchall():
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
    for folder in (settings.AMANA_ANCHOR_DIR, settings.AMANA_ESCROW_DIR, settings.MEDIA_ROOT):
        shutil.rmtree(folder, ignore_errors=True)


class Typist:
    """Somebody with the printed chapter before them, who types what stands there and puts in what is theirs."""

    def __init__(self, folder: Path, rescued: Rescued) -> None:
        from backups.runbook.chapters import CHAPTERS  # noqa: PLC0415 - apps must be loaded first
        from backups.runbook.writing import commands_of  # noqa: PLC0415

        [chapter] = [each for each in CHAPTERS if each.name == CHAPTER]
        self.printed = [said for step in chapter.steps if (said := commands_of(step, ""))]
        self.work = folder / "code"
        self.work.mkdir()
        (self.work / "manage.py").symlink_to(Path("manage.py").resolve())
        self.put_in = {
            "SLUG": "acme",
            "EMAIL": OSCAR,
            "ESCROW": str(rescued.recovery_keys),
            "ESCROW_OF_KEYS": str(rescued.keys),
            "OFFLINE": str(rescued.offline),
        }

    def next(self) -> list[str]:
        """The lines of the next step that has any."""
        return self.printed.pop(0).splitlines()

    def types(self, text: str, answers: str = "", code: int = 0) -> str:
        text = NAMED.sub(lambda found: self.put_in[found[0]], text)
        done = subprocess.run(
            ["/bin/bash", "-e", "-o", "pipefail", "-c", text],
            cwd=self.work,
            env=self._environment(),
            input=answers,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == code, f"{text}\n{done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _environment(self) -> dict[str, str]:
        superuser = conninfo_to_dict(os.environ["AMANA_SUPERUSER_URL"])
        programs = json.loads(Path(os.environ["AMANA_CLUSTER_JSON"]).read_text())["programs"]
        path = f"{Path(sys.executable).parent}:{programs}:{os.environ['PATH']}"
        reached = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
        told = {name: str(superuser[key]) for name, key in reached.items()}
        return os.environ | told | {"PATH": path, "AMANA_OPERATOR": "oscar"}


def come_back(typist: Typist) -> None:
    """In the order of the chapter."""
    from tests.jobs.workers import worker  # noqa: PLC0415 - apps must be loaded first

    typist.types("\n".join(typist.next()), answers=passwords())
    [new_key] = typist.next()
    begin_with_another_drill_key(typist.types(new_key), Path(typist.put_in["OFFLINE"]))
    for line in typist.next():
        said = typist.types(line)
    assert "Manifest without a database, restore it: acme" in said, said
    with (
        worker(queues="drill,lending", settings_module="config.settings"),
        worker(queues="backup", settings_module="config.settings"),
    ):
        ask, begin, put_in_force = typist.next()
        typist.put_in["ID"] = typist.types(ask, answers=code_of_oscar(), code=3).split()[0]
        somebody_else_agrees(UUID(typist.put_in["ID"]))
        typist.types(begin, answers=code_of_oscar())
        typist.types(put_in_force, answers=code_of_oscar())
        for line in typist.next():
            typist.types(line)
    assert typist.printed == []


def passwords() -> str:
    """Those that stand in the addresses, in the order in which they are asked for."""
    of = {"catalog": "DATABASE", "keys": "KEYSTORE"}
    roles = ("catalog", "keys", "backup", "sealer", "drill", "provisioner")
    urls = (os.environ[f"AMANA_{of.get(role, role.upper())}_URL"] for role in roles)
    return "".join(f"{conninfo_to_dict(url)['password']}\n" for url in urls)


def begin_with_another_drill_key(said: str, offline: Path) -> None:
    """The old one is gone with its machine; the worker holds the new one, and an offline key after it."""
    told = dict(line.strip().split("=", 1) for line in said.splitlines() if line.strip().startswith("AMANA_"))
    keeper = next(line for line in offline.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
    assert told["AMANA_DRILL_KEY"] != os.environ["AMANA_DRILL_KEY"]
    os.environ.update(told, AMANA_DRILL_KEY=f"{told['AMANA_DRILL_KEY']},{keeper}")


def code_of_oscar() -> str:
    """What his app shows: its key came back with the catalog and the key store."""
    from tenants.binding import CATALOG  # noqa: PLC0415 - apps must be loaded first
    from tests.support.authenticator import code_for  # noqa: PLC0415

    return f"{code_for(CATALOG, OSCAR)}\n"


def somebody_else_agrees(restore: UUID) -> None:
    """Priya, on its page: she is there again with the catalog."""
    from django.conf import settings  # noqa: PLC0415 - apps must be loaded first

    from accounts.models import User  # noqa: PLC0415
    from tenants.binding import CATALOG, bound_to  # noqa: PLC0415
    from tests.support import fleet  # noqa: PLC0415

    client = fleet.client_of(settings.AMANA_OPERATOR_HOST)
    with bound_to(CATALOG):
        fleet.let_in(client, User.objects.get(email="priya@amana.example"))
    answer = client.post(f"/restores/{restore}/approve/")
    assert answer.status_code == 302, answer.content.decode()


def look() -> None:  # noqa: PLR0915 - one look at everything
    """What people had, they have again; what was encrypted can be read, what was sealed is."""
    from django.core.files.storage import default_storage  # noqa: PLC0415 - apps must be loaded first

    from accounts.models import TotpDevice, User  # noqa: PLC0415
    from backups.models import Backup, Drill  # noqa: PLC0415
    from business.contacts.models import Contact  # noqa: PLC0415
    from tenants.binding import CATALOG, bound_to  # noqa: PLC0415
    from tenants.models import Tenant  # noqa: PLC0415
    from tests.lifecycle.looking import walls_down  # noqa: PLC0415
    from tests.sealing.sealed import seal_now, verified  # noqa: PLC0415
    from tests.support import fleet  # noqa: PLC0415

    with bound_to(CATALOG):
        acme = Tenant.objects.select_related("server").get(slug="acme")
        assert TotpDevice.objects.get(user__email=OSCAR).key == SECRET
        assert {*User.objects.values_list("name", flat=True)} >= {"Oscar", "Priya"}
        assert Backup.objects.good().filter(tier="manual", database=acme.schema_name).exists()
        assert [each.outcome for each in Drill.objects.filter(tenant=acme)] == ["passed"]
    with bound_to(acme):
        assert {*Contact.objects.values_list("name", flat=True)} == {"Zanzibar Spice Ltd", "نخيل الرياض"}
        with default_storage.open("badges/logo.svg") as file:
            assert file.read() == b"<svg/>"
    seal_now(acme)
    assert verified(acme) == ""
    assert walls_down(acme) == []
    alice = fleet.client_of(acme.primary_host)
    answer = alice.post("/sign-in/", {"email": "alice@acme.example", "password": fleet.PASSWORD})
    assert answer.status_code == 302, answer.content.decode()


if __name__ == "__main__":
    main()
