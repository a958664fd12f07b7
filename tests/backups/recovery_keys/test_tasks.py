"""Each task goes to the worker that holds what it needs."""

import pytest

from config.celery import app

QUEUES = {
    "say_lending_lives": "lending",
    "lend_identity": "lending",
    "rewrap_keys": "lending",
    "check_recovery_keys": "lending",
    "escrow_recovery_keys": "control",
    "end_recovery_escrows": "control",
    "tidy_recovery_keys": "control",
}


@pytest.mark.parametrize("name", QUEUES)
def test_it_goes_to_its_worker(name: str) -> None:
    task = f"backups.recovery_keys.tasks.{name}"
    app.loader.import_default_modules()
    assert task in app.tasks
    assert app.amqp.router.route({}, task)["queue"].name == QUEUES[name]


def test_beat_asks_for_each_that_nobody_else_does() -> None:
    asked = {entry["task"].rpartition(".")[2] for entry in app.conf.beat_schedule.values()}
    assert QUEUES.keys() - asked == {"lend_identity", "rewrap_keys"}
