"""Both keys that sign were replaced since the copy: it is drilled, and the new report is as good as the old ones."""

import json

import pytest
from pytest_django import Settings

from backups.drilling.reporting import document, is_genuine
from backups.models import Backup
from tests.backups.drilling.conftest import Drilled
from tests.support.signing_keys import replaced


@pytest.mark.slow
def test_a_copy_from_before_passes_and_its_report_names_the_new_key(
    copy: Backup, drilled: Drilled, settings: Settings
) -> None:
    former = {kind: getattr(settings, f"AMANA_{kind}_PUBLIC_KEY") for kind in ("MANIFEST", "REPORT")}
    for kind, key in former.items():
        for name, value in replaced(kind, key).items():
            setattr(settings, name, value)
    drill = drilled(copy)
    assert (drill.outcome, drill.failed_step) == ("passed", "")
    assert is_genuine(drill.signed_text, bytes(drill.signature))
    new, _, _former = settings.AMANA_REPORT_PUBLIC_KEY.partition(",")
    assert json.loads(document(drill))["public_key"] == new

    settings.AMANA_MANIFEST_PUBLIC_KEY = settings.AMANA_MANIFEST_PUBLIC_KEY.partition(",")[0]
    assert drilled(copy).outcome == "failed"
