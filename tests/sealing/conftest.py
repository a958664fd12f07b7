"""A tenant whose log has three sealed batches, anchored in a folder of the test's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import verifying
from tenants.models import Tenant
from tests.sealing.sealed import seal_now, write


@pytest.fixture
def anchors(tmp_path: Path, settings: Any) -> Path:
    settings.AMANA_ANCHOR_DIR = tmp_path / "anchors"
    return tmp_path / "anchors"


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sealer runs beside these tests that could be waited for."""
    monkeypatch.setattr(verifying, "PATIENCE", 0)


@pytest.fixture
def hooli(new_tenant: Callable[[], Tenant], anchors: Path) -> Tenant:
    """Three batches: what setting it up left, then two and three contacts."""
    tenant = new_tenant()
    seal_now(tenant)
    for names in (["赵敏", "Olivia Brindley"], ["نورة القحطاني", "王芳", "Sam Reed"]):
        write(tenant, *names)
        seal_now(tenant)
    return tenant
