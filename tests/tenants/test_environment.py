"""Production refuses to start on what would be unsafe, and says what it is."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import read_environment
from config.mail import mail_server

ROOT = Path(__file__).resolve().parents[2]
STRONG = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SOUND = {
    "AMANA_ENV": "production",
    "AMANA_ORIGIN": "https://amana.example",
    "AMANA_VAR": "/srv/amana",
    "AMANA_SECRET_KEY": STRONG,
    "AMANA_ROLE_SECRET": STRONG[::-1],
    "AMANA_IDENTITY_PUBLIC_KEY": "wF3fNQZIMjZ0xwjP/bnLmI4dy5tUSrXnKWaq4E/sNhg=",
    "AMANA_DATABASE_URL": "postgresql://amana_catalog:x@db.example/catalog",
    "AMANA_BROKER_URL": "amqp://amana:x@queue.example//",
    "AMANA_CACHE_URL": "rediss://cache.example/1",
    "AMANA_MAIL_FROM": "Amana <no-reply@amana.example>",
    "AMANA_BACKUP_STORE": "s3://amana-copies/production?endpoint=https://copies.example&region=eu-1",
}
MASTER_KEY = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
KEYSTORE = "postgresql://amana_keys:x@keys.example/keystore"


def faults(**changed: str) -> list[str]:
    with pytest.raises(ImproperlyConfigured) as refused:
        read_environment(SOUND | changed)
    words = str(refused.value)
    assert words.startswith("Amana refuses to start: ")
    return words.removeprefix("Amana refuses to start: ").removesuffix(".").split("; ")


def test_a_sound_one_starts() -> None:
    read = read_environment(SOUND)
    assert (read.is_production, read.debug, read.host) == (True, False, "amana.example")


def test_an_empty_environment_is_production_and_refused() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read_environment({})
    for name in (
        "SECRET_KEY",
        "ROLE_SECRET",
        "IDENTITY_PUBLIC_KEY",
        "DATABASE_URL",
        "BROKER_URL",
        "CACHE_URL",
    ):
        assert f"AMANA_{name} is missing" in str(refused.value)
    assert "AMANA_ORIGIN must begin with https:// (it is missing)" in str(refused.value)


@pytest.mark.parametrize("name", sorted(SOUND.keys() - {"AMANA_ENV", "AMANA_ORIGIN", "AMANA_VAR"}))
def test_each_missing_one_is_named(name: str) -> None:
    assert faults(**{name: ""}) == [f"{name} is missing"]


@pytest.mark.parametrize("name", ["AMANA_SECRET_KEY", "AMANA_ROLE_SECRET"])
@pytest.mark.parametrize("weak", ["---", STRONG[:49], "ab" * 40, "x" * 200])
def test_each_weak_secret_is_named(name: str, weak: str) -> None:
    assert faults(**{name: weak}) == [f"{name} is weak: give 50 random characters or more"]


def test_debug_is_refused() -> None:
    assert faults(AMANA_DEBUG="1") == ["AMANA_DEBUG is on"]


@pytest.mark.parametrize("origin", ["http://amana.example", "amana.example", "ftp://amana.example"])
def test_an_origin_without_tls_is_refused(origin: str) -> None:
    assert faults(AMANA_ORIGIN=origin) == [f"AMANA_ORIGIN must begin with https:// (it is {origin})"]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        (
            "AMANA_DATABASE_URL",
            "postgresql://amana_catalog:x@/catalog?host=%2Ftmp%2Famana-3pzlndbl&port=5432",
        ),
        ("AMANA_BROKER_URL", "redis+socket:///tmp/amana-zcdh6nvv/valkey.sock?virtual_host=0"),
        ("AMANA_CACHE_URL", "unix:///tmp/amana-zcdh6nvv/valkey.sock?db=1"),
        ("AMANA_CACHE_URL", "unix:///srv/amana/valkey.sock"),
        ("AMANA_KEYSTORE_URL", "postgresql://amana_keys:x@/keystore?host=%2Ftmp%2Famana-3pzlndbl"),
    ],
)
def test_embedded_servers_are_refused(name: str, url: str) -> None:
    keys = {"AMANA_MASTER_KEY": MASTER_KEY} if name == "AMANA_KEYSTORE_URL" else {}
    assert faults(**{name: url}, **keys) == [f"{name} names an embedded server"]


def test_half_of_the_way_to_the_keys_is_refused() -> None:
    assert faults(AMANA_KEYSTORE_URL=KEYSTORE) == [
        "AMANA_MASTER_KEY is missing, and AMANA_KEYSTORE_URL is of no use without it"
    ]
    assert faults(AMANA_MASTER_KEY=MASTER_KEY) == [
        "AMANA_KEYSTORE_URL is missing, and AMANA_MASTER_KEY is of no use without it"
    ]


def test_a_master_key_that_cant_be_read_is_refused() -> None:
    [fault] = faults(AMANA_KEYSTORE_URL=KEYSTORE, AMANA_MASTER_KEY="k1:c2hvcnQ=")
    assert fault.startswith("AMANA_MASTER_KEY: “k1” isn't 32 random bytes")


def test_who_works_without_secrets_starts_without_keys_but_web_doesnt() -> None:
    beat = read_environment(SOUND)
    with pytest.raises(ImproperlyConfigured, match="AMANA_MASTER_KEY is missing, and web encrypts"):
        beat.require_keys()
    web = read_environment(SOUND | {"AMANA_KEYSTORE_URL": KEYSTORE, "AMANA_MASTER_KEY": MASTER_KEY})
    web.require_keys()
    read_environment({"AMANA_ENV": "embedded"}).require_keys()


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        (
            "smtp://mail.example",
            "AMANA_SMTP_URL sends letters unencrypted: begin it with smtps:// or smtp+tls://",
        ),
        (
            "https://mail.example",
            "AMANA_SMTP_URL can't be read: it must look like smtp+tls://user:password@host:587",
        ),
        (
            "smtps://",
            "AMANA_SMTP_URL can't be read: it must look like smtp+tls://user:password@host:587",
        ),
    ],
)
def test_a_mail_server_that_wont_do_is_named_without_its_password(url: str, fault: str) -> None:
    assert faults(AMANA_SMTP_URL=url) == [fault]


def test_whoever_sends_no_letters_starts_without_a_mail_server_but_the_worker_that_does_does_not() -> None:
    with pytest.raises(
        ImproperlyConfigured, match="AMANA_SMTP_URL is missing, and this worker sends letters"
    ):
        read_environment(SOUND).require_mail()
    read_environment(SOUND | {"AMANA_SMTP_URL": "smtps://amana:x@mail.example"}).require_mail()
    read_environment({"AMANA_ENV": "embedded"}).require_mail()


def test_the_address_of_a_mail_server_says_how_to_speak_to_it() -> None:
    said = mail_server("smtp+tls://amana:p%40ss%2Fword@mail.example").settings()
    assert (said["EMAIL_HOST"], said["EMAIL_PORT"]) == ("mail.example", 587)
    assert (said["EMAIL_HOST_USER"], said["EMAIL_HOST_PASSWORD"]) == ("amana", "p@ss/word")
    assert (said["EMAIL_USE_TLS"], said["EMAIL_USE_SSL"]) == (True, False)
    said = mail_server("smtps://mail.example:1465").settings()
    assert (said["EMAIL_PORT"], said["EMAIL_USE_TLS"], said["EMAIL_USE_SSL"]) == (1465, False, True)


@pytest.mark.parametrize(
    ("store", "fault"),
    [
        (
            "file:///srv/amana/backups",
            "AMANA_BACKUP_STORE is a folder of this server: name an s3:// bucket, or say with"
            " AMANA_BACKUP_STORE_IS_REMOTE=1 that another machine's disk is mounted there",
        ),
        ("ftp://copies.example/amana", "AMANA_BACKUP_STORE must begin with s3:// or file://"),
        ("s3:///amana?endpoint=https://copies.example", "AMANA_BACKUP_STORE names no bucket"),
        (
            "s3://amana?endpoint=https://DB.example.:9000",
            "AMANA_BACKUP_STORE is on the database's host (db.example): lost together, nothing is left",
        ),
        ("s3://amana?endpoint=https://localhost:9000", "AMANA_BACKUP_STORE is on this server (localhost)"),
        ("s3://amana?endpoint=https://127.0.0.2", "AMANA_BACKUP_STORE is on this server (127.0.0.2)"),
        ("s3://amana?endpoint=https://[::1]:9000", "AMANA_BACKUP_STORE is on this server (::1)"),
        (
            "s3://amana?endpoint=http://copies.example",
            "AMANA_BACKUP_STORE's endpoint must begin with https://",
        ),
    ],
)
def test_copies_where_they_would_be_lost_with_what_they_are_of_are_refused(store: str, fault: str) -> None:
    assert faults(AMANA_BACKUP_STORE=store) == [fault]


def test_copies_go_to_amazon_or_to_a_disk_that_is_said_to_be_another_machines() -> None:
    assert read_environment(SOUND | {"AMANA_BACKUP_STORE": "s3://amana/production"}).backup_store
    mounted = {"AMANA_BACKUP_STORE": "file:///mnt/copies", "AMANA_BACKUP_STORE_IS_REMOTE": "1"}
    assert read_environment(SOUND | mounted).backup_store_is_remote == "1"


def test_copies_arent_kept_on_any_servers_host() -> None:
    keys = {"AMANA_KEYSTORE_URL": KEYSTORE, "AMANA_MASTER_KEY": MASTER_KEY}
    [fault] = faults(**keys, AMANA_BACKUP_STORE="s3://amana?endpoint=https://keys.example")
    assert "on the database's host (keys.example)" in fault


def test_several_faults_are_named_together() -> None:
    assert faults(AMANA_DEBUG="1", AMANA_CACHE_URL="") == ["AMANA_CACHE_URL is missing", "AMANA_DEBUG is on"]


def test_embedded_is_let_be() -> None:
    assert not read_environment({"AMANA_ENV": "embedded"}).is_production


@pytest.mark.parametrize("kind", ["", "prod", "Production", "staging", "test"])
def test_an_unknown_kind_of_environment_isnt_laxer_than_production(kind: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        read_environment({"AMANA_ENV": kind})


def started(program: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Django's command line in a process of its own, with nothing in its environment but what is given."""
    given = {"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "config.settings", **SOUND, **changed}
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


CHECK = """
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "check", "--deploy", "--fail-level", "INFO"])
"""


def test_check_deploy_is_clean(tmp_path: Path) -> None:
    done = started(CHECK, AMANA_VAR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


WEB = """
import config.wsgi
"""


def test_web_doesnt_start_without_the_master_key(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    refused = started(WEB, AMANA_VAR=str(tmp_path))
    assert refused.returncode != 0
    assert "Amana refuses to start: AMANA_MASTER_KEY is missing, and web encrypts." in refused.stderr
    keys = {"AMANA_KEYSTORE_URL": KEYSTORE, "AMANA_MASTER_KEY": MASTER_KEY}
    assert started(WEB, AMANA_VAR=str(tmp_path), **keys).returncode == 0
