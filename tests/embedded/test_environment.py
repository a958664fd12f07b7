import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.celery import app
from embedded.credentials import load_or_make
from embedded.environment import EVERYBODY, HOLDERS, everything, share_of
from embedded.place import Place
from embedded.product import WORKERS
from embedded.servers import Servers

KEYS = {"AMANA_KEYSTORE_URL", "AMANA_MASTER_KEY"}
SECRETS = {name: f"the {name}" for name in HOLDERS}


def told(tmp_path: Path, **given: str) -> dict[str, str]:
    made = SECRETS | dict.fromkeys(EVERYBODY, "for all")
    return everything(Place(tmp_path / "var", tmp_path), given, made, "http://localhost:8000")


def held(holder: str, tmp_path: Path) -> set[str]:
    return share_of(holder, told(tmp_path)).keys() & HOLDERS.keys()


def test_each_secret_goes_to_its_holder_only(tmp_path: Path) -> None:
    assert {name: held(name, tmp_path) for name in ("web", "default", "files", "beat", "command")} == {
        "web": KEYS | {"AMANA_HEALTH_TOKEN"},
        "files": KEYS,
        "default": KEYS | {"AMANA_SMTP_URL", "AMANA_ALARM_WEBHOOK", "AMANA_ALARM_SECRET"},
        "beat": set(),
        "command": set(),
    }
    powers = {"AMANA_PROVISIONER_URL", "AMANA_IDENTITY_KEY", "AMANA_SEALER_URL"} | KEYS
    assert held("control", tmp_path) == powers | {"AMANA_STORE_KEEPER"}
    assert held("prepare", tmp_path) == powers
    assert held("seal", tmp_path) == {"AMANA_SEALER_URL"}
    assert held("restore", tmp_path) == powers - KEYS | {"AMANA_STORE_READER"}
    assert held("backup", tmp_path) == {"AMANA_BACKUP_URL", "AMANA_MANIFEST_KEY", "AMANA_STORE_WRITER"}
    assert held("lending", tmp_path) == {"AMANA_DRILL_KEY"}
    assert held("drill", tmp_path) == {
        "AMANA_DRILL_URL",
        "AMANA_DRILL_KEY",
        "AMANA_REPORT_KEY",
        "AMANA_STORE_READER",
    }


def test_each_queue_has_a_worker_of_its_own() -> None:
    """An export of hours keeps no alarm from being told, and a drill of hours keeps no restore from its key."""
    assert [queues for queues, _processes in WORKERS.values()] == [*WORKERS]
    assert {queue.name for queue in app.conf.task_queues} == WORKERS.keys()


def test_what_is_not_on_a_list_is_handed_to_nobody(tmp_path: Path) -> None:
    share = share_of("web", told(tmp_path, PATH="/bin", LC_ALL="C", AWS_SECRET_ACCESS_KEY="s", AMANA_NEW="n"))
    assert share["PATH"] == "/bin"
    assert share["LC_ALL"] == "C"
    assert not {"AWS_SECRET_ACCESS_KEY", "AMANA_NEW"} & share.keys()


def test_the_users_environment_wins(tmp_path: Path) -> None:
    assert told(tmp_path, AMANA_DB_BUDGET="7", AMANA_ORIGIN="https://amana.example")["AMANA_DB_BUDGET"] == "7"
    assert told(tmp_path, AMANA_SECRET_KEY="")["AMANA_SECRET_KEY"] == "for all"


def test_secrets_stay_the_same_and_those_given_win(tmp_path: Path) -> None:
    place = Place(tmp_path / "var", tmp_path)
    place.make()
    first = load_or_make(place, {})
    assert load_or_make(place, {}) == first
    key = Ed25519PrivateKey.generate()
    given = {"AMANA_IDENTITY_KEY": base64.b64encode(key.private_bytes_raw()).decode()}
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    assert load_or_make(place, given).secrets["AMANA_IDENTITY_PUBLIC_KEY"] == public
    assert load_or_make(place, {}) == first


def test_real_servers_instead_of_embedded_ones(tmp_path: Path) -> None:
    place = Place(tmp_path / "var", tmp_path)
    place.make()
    given = {
        "AMANA_DATABASE_URL": "postgresql://db/catalog",
        "AMANA_PROVISIONER_URL": "postgresql://db/postgres",
        "AMANA_BROKER_URL": "amqp://rabbit",
        "AMANA_CACHE_URL": "redis://cache",
    }
    servers = Servers(place, load_or_make(place, {}), given)
    servers.forget_sockets()
    assert (servers.cluster, servers.valkey) == (None, None)
    everyone = servers.told(8000)
    assert {name: everyone[name] for name in given} == given
    assert "AMANA_BACKUP_URL" not in everyone
    assert not place.cluster_file.exists()
