"""The key store commits for real: what a test certifies of recovery keys goes with the test."""

from collections.abc import Iterator

import pytest

from tests.keys.looking import key_store_itself


@pytest.fixture(autouse=True)
def certificates_go(databases: None) -> Iterator[None]:
    yield
    with key_store_itself() as connection:
        connection.execute("DELETE FROM certificate WHERE subject LIKE '%recovery key%'")
