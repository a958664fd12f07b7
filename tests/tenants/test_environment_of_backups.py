"""Production refuses to start where a copy couldn't be taken, opened, drilled or restored."""

import pytest
from celery.signals import celeryd_init
from django.core.exceptions import ImproperlyConfigured

from backups.recovery_keys.wrapping import new_identity
from config import celery
from config.environment import Environment, read_environment
from config.recovery import WORKERS
from tests.support.signing_keys import new_pair
from tests.tenants.test_environment import SOUND, faults

ONE, OTHER, DRILL = (new_identity() for _ in range(3))

MANIFEST, REPORT, FORMER = (new_pair() for _ in range(3))
TOLD = {
    "AMANA_BACKUP_URL": "postgresql://amana_backup:x@db.example/postgres",
    "AMANA_DRILL_URL": "postgresql://amana_drill:x@db.example/scratch",
    "AMANA_PROVISIONER_URL": "postgresql://amana_provisioner:x@db.example/postgres",
    "AMANA_BACKUP_STORE": "s3://backups.example/amana",
    "AMANA_ESCROW_DIR": "/mnt/escrow",
    "AMANA_ESCROW_IS_REMOTE": "1",
    "AMANA_IDENTITY_KEY": "k",
    "AMANA_MANIFEST_KEY": MANIFEST[0],
    "AMANA_MANIFEST_PUBLIC_KEY": MANIFEST[1],
    "AMANA_REPORT_KEY": REPORT[0],
    "AMANA_REPORT_PUBLIC_KEY": REPORT[1],
    "AMANA_RECOVERY_RECIPIENTS": f"{ONE[1]}, {OTHER[1]}",
    "AMANA_DRILL_KEY": DRILL[0],
    "AMANA_DRILL_RECIPIENT": DRILL[1],
}


def refusal(queue: str, **changed: str) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read_environment(SOUND | TOLD | changed).require_worker([queue])
    return str(refused.value)


@pytest.mark.parametrize("queue", WORKERS)
def test_each_worker_that_is_told_all_of_it_starts(queue: str) -> None:
    read_environment(SOUND | TOLD).require_worker([queue])


@pytest.mark.parametrize(("queue", "name"), [(queue, name) for queue in WORKERS for name in WORKERS[queue]])
def test_what_a_worker_lacks_is_named(queue: str, name: str) -> None:
    variable = f"AMANA_{name.upper()}"
    words = f"Amana refuses to start: {variable} is missing, and the worker {queue} needs it."
    assert refusal(queue, **{variable: ""}) == words


def test_the_other_workers_start_without_any_of_it() -> None:
    read_environment(SOUND).require_worker(["default", "files", "seal"])
    read_environment({"AMANA_ENV": "embedded"}).require_worker(WORKERS)


def test_escrows_on_the_servers_own_disk_are_refused() -> None:
    """Lost with the machine, they would leave every copy unreadable."""
    assert "AMANA_ESCROW_DIR is a folder of this server" in refusal("control", AMANA_ESCROW_IS_REMOTE="")


def test_a_drill_workers_key_that_isnt_the_one_of_its_recipient_is_refused() -> None:
    assert "isn't of AMANA_DRILL_KEY" in refusal("drill", AMANA_DRILL_KEY=ONE[0])
    assert "can't be read" in refusal("drill", AMANA_DRILL_KEY="AGE-SECRET-KEY-1")
    read_environment(SOUND | TOLD | {"AMANA_DRILL_KEY": f"{DRILL[0]},{ONE[0]}"}).require_worker(["drill"])


@pytest.mark.parametrize(
    ("queue", "kind", "key"), [("backup", "MANIFEST", MANIFEST[1]), ("drill", "REPORT", REPORT[1])]
)
def test_a_key_that_signs_needs_its_public_half_named_the_newest_or_not(
    queue: str, kind: str, key: str
) -> None:
    """Else whatever it signs is damaged to everybody."""
    public = f"AMANA_{kind}_PUBLIC_KEY"
    for keys in (f"{key},{FORMER[1]}", f"{FORMER[1]}, {key}"):
        read_environment(SOUND | TOLD | {public: keys}).require_worker([queue])
    assert f"{public} doesn't name the public half of AMANA_{kind}_KEY" in refusal(
        queue, **{public: FORMER[1]}
    )
    assert f"AMANA_{kind}_KEY can't be read" in refusal(queue, **{f"AMANA_{kind}_KEY": "k"})
    assert faults(**{public: f"{key},typo"}) == [
        f"{public} can't be read: 32 bytes in base64, several with commas between"
    ]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (
            {"AMANA_RECOVERY_RECIPIENTS": ONE[1]},
            "AMANA_RECOVERY_RECIPIENTS names one key: two people hold one each (run init_recovery_keys)",
        ),
        (
            {"AMANA_RECOVERY_RECIPIENTS": f"{ONE[1]},{ONE[1]}"},
            "AMANA_RECOVERY_RECIPIENTS names one key: two people hold one each (run init_recovery_keys)",
        ),
        (
            {"AMANA_RECOVERY_RECIPIENTS": f"{ONE[1]},{DRILL[1]}", "AMANA_DRILL_RECIPIENT": DRILL[1]},
            "AMANA_RECOVERY_RECIPIENTS names the drill worker's key: that one isn't offline",
        ),
        (
            {"AMANA_RECOVERY_RECIPIENTS": f"{ONE[1]},{OTHER[0]}"},
            "AMANA_RECOVERY_RECIPIENTS can't be read: a recipient begins with age1",
        ),
        (
            {"AMANA_DRILL_RECIPIENT": "age1x"},
            "AMANA_DRILL_RECIPIENT can't be read: a recipient begins with age1",
        ),
    ],
)
def test_recipients_that_wont_do_are_refused_to_everybody(changed: dict[str, str], fault: str) -> None:
    assert faults(**changed) == [fault]
    assert OTHER[0] not in fault


def test_celery_asks_by_the_queues_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    sound: Environment = read_environment(SOUND | TOLD | {"AMANA_BACKUP_URL": ""})
    monkeypatch.setattr(celery, "ENVIRONMENT", sound)
    for queues in ("backup", ["backup"], "seal,backup"):
        with pytest.raises(SystemExit, match="AMANA_BACKUP_URL is missing, and the worker backup needs it"):
            celeryd_init.send(sender="worker", instance=None, conf=None, options={"queues": queues})
    celeryd_init.send(sender="worker", instance=None, conf=None, options={"queues": "seal,drill"})
