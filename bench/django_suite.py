"""Django's own tests on our backend, bound to a tenant, and on the stock one: what differs is printed.

    .venv/bin/python -m embedded exec --var var/bench --tests -- \
        .venv/bin/python bench/django_suite.py [--ours] [LABEL …]

The sources come from PyPI, in the very version that is installed. Both runs have a clone of `amana_base` on the same
server, a role like a tenant's (besides, it may create tables here), and the same runner. docs/decisions/ says why
each difference is there; `django_suite_known.txt` names them, and anything else ends with exit code 1.
SUITE_FOLDER is where sources, logs and outcomes are kept (default: var/django-suite).
"""

# ruff: noqa: E402 - this is a script: the project's folder and settings come first

import argparse
import json
import os
import subprocess
import sys
import tarfile
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
WHERE = Path(os.environ.get("SUITE_FOLDER", ROOT / "var" / "django-suite"))
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
import psycopg

django.setup()

from tenants.identifiers import new_database_name, new_id
from tenants.places import Place, role_password
from tenants.provisioner import execute, provisioner, run_file
from tenants.signed_identity import write_identity
from tenants.walls import raise_database_walls, set_role

LABELS = Path(__file__).with_name("django_suite_labels.txt")
KNOWN = Path(__file__).with_name("django_suite_known.txt")


def main() -> None:
    options = arguments()
    sources = fetch_sources()
    labels = options.labels or LABELS.read_text().split()
    last = WHERE / "stock.json"
    stock = json.loads(last.read_text()) if options.ours else run("stock", sources, labels)
    ours = run("amana", sources, labels)
    sys.exit(report(stock, ours))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "labels", nargs="*", help="as for Django's runtests.py; default: all that use a database"
    )
    parser.add_argument("--ours", action="store_true", help="compare with the last run on the stock backend")
    return parser.parse_args()


def fetch_sources() -> Path:
    """The folder `tests` of the installed Django's source distribution."""
    name = f"django-{django.__version__}"
    tests = WHERE / name / "tests"
    if not tests.exists():
        WHERE.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run(
            [*pip, "--no-binary=:all:", f"--dest={WHERE}", f"django=={django.__version__}"], check=True
        )
        with tarfile.open(WHERE / f"{name}.tar.gz") as archive:
            archive.extractall(WHERE, filter="data")
    return tests


def run(backend: str, sources: Path, labels: list[str]) -> dict[str, str]:
    """Outcome by test, of one run in a process and two databases of its own."""
    result = WHERE / f"{backend}.json"
    result.unlink(missing_ok=True)
    places = [new_place(), new_place()]
    told = {
        "SUITE_BACKEND": backend,
        "SUITE_RESULT": str(result),
        "SUITE_PLACES": json.dumps([describe(place) for place in places]),
        "SUITE_URLS": json.dumps([url_of(place) for place in places]),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'bench'}",
    }
    command = [sys.executable, "runtests.py", "--settings=django_suite_settings", "--parallel=1", "--noinput"]
    with (WHERE / f"{backend}.log").open("wb") as log:
        subprocess.run(
            [*command, *labels], cwd=sources, env=os.environ | told, stdout=log, stderr=log, check=False
        )
    if not result.exists():
        sys.exit(f"The run on {backend} did not end by itself: see {WHERE / backend}.log.")
    return json.loads(result.read_text())


def new_place() -> Place:
    """A database like a tenant's, whose role may create tables in it."""
    name = new_database_name()
    place = Place(alias=name, database=name, role=name, tenant_id=new_id())
    with provisioner() as connection:
        execute(connection, "CREATE ROLE {} NOLOGIN", name)
        execute(connection, "CREATE DATABASE {} TEMPLATE amana_base ALLOW_CONNECTIONS false", name)
    set_role(place)
    raise_database_walls(place)
    with provisioner(name) as connection:
        run_file(connection, "tenant.sql")
    write_identity(place)
    with psycopg.connect(os.environ["AMANA_SUPERUSER_URL"], dbname=name, autocommit=True) as connection:
        execute(connection, "GRANT CREATE, TEMPORARY ON DATABASE {} TO {}", name, name)
        execute(connection, "GRANT CREATE ON SCHEMA public TO {}", name)
        execute(connection, "GRANT USAGE ON LANGUAGE plpgsql TO {}", name)
    return place


def describe(place: Place) -> dict[str, str]:
    return {"alias": place.alias, "tenant_id": str(place.tenant_id)}


def url_of(place: Place) -> str:
    server = psycopg.conninfo.conninfo_to_dict(os.environ["AMANA_DATABASE_URL"])
    return (
        f"postgresql://{place.role}:{role_password(place.role, place.generation)}@/{place.database}"
        f"?host={quote(str(server['host']), safe='')}&port={server['port']}"
    )


def report(stock: dict[str, str], ours: dict[str, str]) -> int:
    differences = {
        test: (stock.get(test, "not run"), ours.get(test, "not run"))
        for test in sorted(stock.keys() | ours.keys())
        if stock.get(test) != ours.get(test)
    }
    unknown = 0
    for test, (before, now) in differences.items():
        reason = reason_of(test)
        unknown += not reason
        print(f"{test}: {before} on the stock backend, {now} on ours. {reason or 'UNKNOWN'}")
    print(f"{len(stock)} tests on the stock backend, {len(ours)} on ours:", end=" ")
    print(f"{len(differences)} differ, {unknown} unexplained.")
    return 1 if unknown else 0


def reason_of(test: str) -> str:
    """The word that stands beside it in the list of what is known; empty where it isn't in there."""
    lines = [line.split(maxsplit=1) for line in KNOWN.read_text().splitlines() if not line.startswith("#")]
    return next((word for word, pattern in lines if fnmatch(test, pattern)), "")


if __name__ == "__main__":
    main()
