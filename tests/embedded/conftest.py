from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "a checkout")
    yield made
    made.close()
