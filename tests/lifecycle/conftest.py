"""Real tenants only: nothing here runs in a savepoint, and nothing may be left."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tenants.templating import ensure_template
from tests.lifecycle.looking import superuser


@pytest.fixture
def template_locked(databases: None) -> Iterator[ExitStack]:
    """The server can't begin to clone the template until the stack is closed."""
    with ExitStack() as lock:
        lock.enter_context(_locked(ensure_template().database))
        yield lock


@contextmanager
def _locked(database: str) -> Iterator[None]:
    with superuser() as connection:
        connection.execute("BEGIN")
        connection.execute(f"ALTER DATABASE {database} RENAME TO locked".encode())
        yield
        connection.execute("ROLLBACK")
