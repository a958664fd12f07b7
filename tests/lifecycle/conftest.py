"""Real tenants only: nothing here runs in a savepoint, and nothing may be left."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.lifecycle.looking import template_locked as locked


@pytest.fixture
def template_locked(databases: None) -> Iterator[ExitStack]:
    """The server can't begin to clone the template until the stack is closed."""
    with ExitStack() as lock:
        lock.enter_context(locked())
        yield lock
