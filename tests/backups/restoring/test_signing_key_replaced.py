"""The key that signs manifests was replaced: what was copied before and what was copied since is restored."""

import dataclasses

import pytest
from pytest_django import Settings

from backups.exceptions import BackupError
from backups.keeping.verifying import verify
from backups.models import Restore
from backups.restoring.carrying import carry
from backups.taking import take
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import claimed
from tests.backups.restoring.conftest import Kept
from tests.support.signing_keys import replaced


def given_up(kept: Kept) -> None:
    with bound_to(CATALOG):
        Restore.objects.filter(tenant=kept.tenant).update(state=Restore.State.GIVEN_UP)


@pytest.mark.slow
def test_copies_of_both_keys_are_restored_and_without_the_former_key_the_former_isnt(
    kept: Kept, settings: Settings
) -> None:
    former = settings.AMANA_MANIFEST_PUBLIC_KEY
    for name, value in replaced("MANIFEST", former).items():
        setattr(settings, name, value)
    since = claimed(kept.tenant)
    take(since)
    for copy in (kept.backup, since):
        assert dataclasses.replace(kept, backup=copy).ready().state == "ready"
        given_up(kept)

    both = settings.AMANA_MANIFEST_PUBLIC_KEY
    settings.AMANA_MANIFEST_PUBLIC_KEY = both.partition(",")[0]
    operation = kept.begun()
    with pytest.raises(BackupError, match="isn't as it was signed"):
        carry(operation.pk)
    assert kept.restore(operation).state == "failed"
    settings.AMANA_MANIFEST_PUBLIC_KEY = both
    verify(kept.backup)
