from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core import signing
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from tenants.binding import bound_to
from tenants.files import LINK_SECONDS, SALT, delete_all_files
from tenants.models import Tenant


@pytest.fixture(autouse=True)
def secret(globex: Tenant, acme: Tenant) -> Iterator[Path]:
    with bound_to(globex):
        name = default_storage.save("secret.txt", ContentFile(b"of globex"))
        path = Path(default_storage.path(name))
    yield path
    for tenant in (acme, globex):
        with bound_to(tenant):
            delete_all_files()


def names_of(secret: Path) -> list[str]:
    directory = secret.parent.name
    return [
        f"../{directory}/{secret.name}",
        f"a/../../{directory}/{secret.name}",
        f"..//{directory}//{secret.name}",
        str(secret),
        "../../credentials.json",
        "/etc/passwd",
    ]


def test_no_name_leads_to_another_tenant(acme: Tenant, secret: Path) -> None:
    with bound_to(acme):
        for name in names_of(secret):
            for attempt in (
                default_storage.open,
                default_storage.exists,
                default_storage.path,
                default_storage.size,
                default_storage.delete,
                lambda name: default_storage.save(name, ContentFile(b"stolen")),
            ):
                with pytest.raises(SuspiciousFileOperation):
                    attempt(name)
    assert secret.read_bytes() == b"of globex"


def test_no_symbolic_link_leads_out(acme: Tenant, secret: Path) -> None:
    with bound_to(acme):
        here = Path(default_storage.path(default_storage.save("mine.txt", ContentFile(b"of acme")))).parent
        (here / "link.txt").symlink_to(secret)
        (here / "folder").symlink_to(secret.parent)
        (here / "alias.txt").symlink_to(here / "mine.txt")
        for name in ("link.txt", "folder/secret.txt", "folder/new.txt"):
            with pytest.raises(SuspiciousFileOperation):
                default_storage.open(name)
            with pytest.raises(SuspiciousFileOperation):
                default_storage.save(name, ContentFile(b"stolen"))
        with default_storage.open("alias.txt") as found:
            assert found.read() == b"of acme"
    assert secret.read_bytes() == b"of globex"
    assert not (secret.parent / "new.txt").exists()


def test_a_directory_that_is_a_link_to_anothers_is_refused(acme: Tenant, secret: Path) -> None:
    (Path(settings.MEDIA_ROOT) / acme.schema_name).symlink_to(secret.parent)
    try:
        with bound_to(acme):
            with pytest.raises(SuspiciousFileOperation):
                default_storage.open("secret.txt")
            delete_all_files()
    finally:
        (Path(settings.MEDIA_ROOT) / acme.schema_name).unlink()
    assert secret.read_bytes() == b"of globex"


def test_deleting_all_files_leaves_anothers(acme: Tenant, secret: Path) -> None:
    with bound_to(acme):
        default_storage.save("mine.txt", ContentFile(b"of acme"))
        delete_all_files()
        assert not default_storage.exists("mine.txt")
    assert secret.exists()


def test_a_link_serves_its_file_to_be_saved(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        link = default_storage.url(default_storage.save("note.txt", ContentFile(b"of acme")))

    response = alice_client.get(link)

    assert "note" not in link
    assert b"".join(response) == b"of acme"
    assert response["Content-Disposition"] == 'attachment; filename="note.txt"'


def test_a_link_asks_for_a_sign_in(acme: Tenant, acme_client: Client) -> None:
    with bound_to(acme):
        link = default_storage.url(default_storage.save("note.txt", ContentFile(b"of acme")))
    assert acme_client.get(link).status_code == 302


@pytest.mark.parametrize("token", ["x", "a:b:c", "gone", "old", "another salt"])
def test_any_other_link_is_not_found(
    acme: Tenant, alice_client: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bound_to(acme):
        name = default_storage.save("note.txt", ContentFile(b"of acme"))
        if token == "gone":
            token = signing.dumps("gone.txt", salt=SALT)
        elif token == "another salt":
            token = signing.dumps(name)
        elif token == "old":
            token = signing.dumps(name, salt=SALT)
            monkeypatch.setattr("tenants.files.LINK_SECONDS", -LINK_SECONDS)
    assert alice_client.get(f"/files/{token}/").status_code == 404


def test_a_signed_name_that_leads_out_is_refused(acme: Tenant, alice_client: Client, secret: Path) -> None:
    with bound_to(acme):
        token = signing.dumps(f"../{secret.parent.name}/{secret.name}", salt=SALT)
    assert alice_client.get(f"/files/{token}/").status_code == 400
