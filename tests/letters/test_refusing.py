"""In production the worker that sends letters doesn't start without a mail server; the others do."""

import pytest
from celery.signals import celeryd_init

from config import celery
from config.environment import read_environment
from tests.tenants.test_environment import SOUND

REFUSAL = "Amana refuses to start: AMANA_SMTP_URL is missing, and this worker sends letters."


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celery, "ENVIRONMENT", read_environment(SOUND))


def begin(queues: list[str]) -> None:
    """As Celery does before a worker begins."""
    celeryd_init.send(sender="worker", instance=None, conf=None, options={"queues": queues})


@pytest.mark.parametrize("queues", [["default", "files"], []], ids=["its own", "all of them"])
def test_whoever_sends_letters_asks_for_a_mail_server(production: None, queues: list[str]) -> None:
    with pytest.raises(SystemExit, match=REFUSAL):
        begin(queues)


def test_the_other_workers_do_without(production: None) -> None:
    begin(["seal"])
    begin(["files"])
