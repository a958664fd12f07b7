"""The key that signs manifests is replaced: copies from before are as good as those since; a third key is nobody's."""

import pytest
from pytest_django import Settings

from backups.exceptions import CopyDamaged
from backups.keeping.verifying import verify
from backups.models import Backup
from backups.restoring.catalog_copy import manifests
from backups.taking import take
from tests.backups.conftest import claimed
from tests.backups.keeping.conftest import Copies
from tests.backups.keeping.copies_in_rows import now
from tests.support.signing_keys import new_pair, replaced


@pytest.fixture
def since(copies: Copies, settings: Settings) -> Backup:
    """A copy of Globex, signed by the new key."""
    for name, value in replaced("MANIFEST", settings.AMANA_MANIFEST_PUBLIC_KEY).items():
        setattr(settings, name, value)
    backup = claimed(copies.globex.tenant)
    take(backup)
    return backup


def found(copies: Copies) -> set[str]:
    """What a catalog would be rebuilt from."""
    return {manifest["backup"] for manifest in manifests(copies.store)}


def test_copies_of_both_keys_are_good_and_found_and_those_of_a_third_are_refused(
    copies: Copies, since: Backup, settings: Settings
) -> None:
    both = settings.AMANA_MANIFEST_PUBLIC_KEY
    new, former = both.split(",")
    for copy in (copies.acme, since):
        verify(copy)
        assert now(copy).condition == "verified"
    assert found(copies) == {str(each.pk) for each in (copies.older, copies.acme, copies.globex, since)}

    settings.AMANA_MANIFEST_KEY = new_pair()[0]
    strangers = claimed(copies.acme.tenant)
    take(strangers)
    with pytest.raises(CopyDamaged, match="isn't as it was signed"):
        verify(strangers)
    assert str(strangers.pk) not in found(copies)

    settings.AMANA_MANIFEST_PUBLIC_KEY = new
    with pytest.raises(CopyDamaged, match="isn't as it was signed"):
        verify(copies.acme)
    settings.AMANA_MANIFEST_PUBLIC_KEY = f" {former} , {new}"
    verify(copies.acme)
    assert now(copies.acme).damage == ""
