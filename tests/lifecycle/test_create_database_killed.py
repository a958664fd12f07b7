"""The client dies while the server works at CREATE DATABASE: the server goes on, and so must the retry."""

import os
import signal
from contextlib import ExitStack

import pytest

from tenants.carrying_out import carry_out
from tenants.models import Operation
from tests.lifecycle.asking import a_slug, ask, ask_to_close
from tests.lifecycle.dying import end_of, start
from tests.lifecycle.looking import (
    databases,
    is_whole,
    nothing_is_orphaned,
    server_is_busy_with,
    wait_until,
)

pytestmark = pytest.mark.usefixtures("real_catalog")


@pytest.fixture
def abandoned(template_locked: ExitStack) -> Operation:
    """Its process is dead, and the server is still going to make its database."""
    asked = ask(a_slug())
    client = start(lambda: carry_out(asked.pk))
    wait_until(lambda: len(server_is_busy_with("CREATE DATABASE")) == 1)
    os.kill(client, signal.SIGKILL)
    assert end_of(client) == -signal.SIGKILL
    assert len(server_is_busy_with("CREATE DATABASE")) == 1
    return asked


def test_the_retry_waits_for_the_server_and_makes_it_whole(
    abandoned: Operation, template_locked: ExitStack
) -> None:
    retry = start(lambda: carry_out(ask(abandoned.tenant.slug).pk))
    wait_until(lambda: len(server_is_busy_with("SELECT pg_advisory_lock")) == 1)
    assert abandoned.tenant.schema_name not in databases()

    template_locked.close()

    assert end_of(retry) == 0
    assert is_whole(abandoned.tenant.slug)


@pytest.mark.slow
def test_closing_waits_for_the_server_and_leaves_no_orphan(
    abandoned: Operation, template_locked: ExitStack
) -> None:
    closing = start(lambda: carry_out(ask_to_close(abandoned.tenant).pk))
    wait_until(lambda: len(server_is_busy_with("SELECT pg_advisory_lock")) == 1)

    template_locked.close()

    assert end_of(closing) == 0
    assert abandoned.tenant.schema_name not in databases()
    assert nothing_is_orphaned()
