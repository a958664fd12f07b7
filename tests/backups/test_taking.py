"""A copy holds everything of one moment, encrypted to one tenant's key, and says so in a signed manifest."""

import io
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from backups.exceptions import ObjectMissing
from backups.manifests import read_manifest
from backups.pipeline import open_from
from backups.storage.folder import Folder
from backups.taking import DUMP, FILES
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.backups.conftest import Take, identity_of


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    with bound_to(tenant):
        Contact.objects.create(name="Zanzibar Spice Ltd")
        default_storage.save("papers/contract.txt", ContentFile(b"signed"))
    return tenant


def test_a_copy_is_stored_whole_with_its_manifest(acme: Tenant, take_copy: Take, store: Folder) -> None:
    backup = take_copy(acme)
    assert backup.state == "done"
    assert {each.name.rpartition("/")[2] for each in store.list(f"{backup.folder}/")} == {
        DUMP,
        FILES,
        "roles.sql",
        "manifest.json",
        "manifest.sig",
    }
    manifest = read_manifest(store, backup.folder)
    assert manifest == backup.manifest
    assert manifest["content"]["public.contacts_contact"]["rows"] == 1
    assert manifest["files"] | {"digest": ""} == {"files": 1, "file_bytes": 6, "digest": ""}
    assert manifest["tenant"] == str(acme.pk)


def test_what_is_stored_is_encrypted_and_opens_with_the_tenants_key_only(
    acme: Tenant, take_copy: Take, store: Folder
) -> None:
    backup = take_copy(acme)
    with store.read(f"{backup.folder}/{DUMP}") as file:
        content = file.read()
    assert b"Zanzibar" not in content
    opened = io.BytesIO()
    open_from(io.BytesIO(content), opened, identity_of(acme))
    assert opened.getvalue().startswith(b"PGDMP")
    assert b"Zanzibar Spice Ltd" in opened.getvalue()


def test_the_catalogs_copy_is_without_the_wrapped_identities(take_copy: Take, store: Folder) -> None:
    backup = take_copy(None)
    assert "public.tenants_tenant" in backup.manifest["content"]
    assert "public.backups_recoverykey" not in backup.manifest["content"]
    opened = io.BytesIO()
    with store.read(f"{backup.folder}/{DUMP}") as file:
        open_from(file, opened, identity_of(None))
    assert b"-> X25519" not in opened.getvalue()
    with pytest.raises(ObjectMissing), store.read(f"{backup.folder}/{FILES}"):
        pass
