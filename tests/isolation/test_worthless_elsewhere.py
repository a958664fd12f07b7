"""What Acme signed, stored or remembered is worth nothing at Globex, where Sam has the same e-mail and the same key."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from accounts.inviting import set_password_link
from accounts.models import Session, User
from accounts.sessions import SessionStore
from tenants.binding import bound_to
from tests.conftest import PASSWORD
from tests.isolation.conftest import SAM, Side
from tests.support.authenticator import code_for

COOKIE = "amana"
NEW = "Correct horse battery 9!"


def cookie_of(side: Side) -> str:
    return str(side.client.cookies[COOKIE].value)


def fresh(side: Side, *, enforce_csrf_checks: bool = False) -> Client:
    return Client(enforce_csrf_checks, SERVER_NAME=side.tenant.primary_host)


def test_the_twins_are_alike(at_acme: Side, at_globex: Side) -> None:
    assert at_acme.sam.pk == at_globex.sam.pk
    assert at_acme.sam.email == at_globex.sam.email
    assert at_acme.sam.password == at_globex.sam.password
    assert at_acme.client.get("/contacts/").status_code == 200


def test_a_session_cookie(at_acme: Side, at_globex: Side) -> None:
    stranger = fresh(at_globex)
    stranger.cookies[COOKIE] = cookie_of(at_acme)
    assert stranger.get("/contacts/").status_code == 302


def test_a_session_row_copied_with_its_cookie(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        row = Session.objects.filter(pk=cookie_of(at_acme)).values().get()
    with bound_to(at_globex.tenant):
        Session.objects.create(**row)
        assert SessionStore(cookie_of(at_acme)).load() == {}
    stranger = fresh(at_globex)
    stranger.cookies[COOKIE] = cookie_of(at_acme)
    assert stranger.get("/contacts/").status_code == 302


def test_a_session_whose_data_globex_itself_signed(at_acme: Side, at_globex: Side) -> None:
    """Even past the signature, the hash of the password is keyed by tenant."""
    with bound_to(at_acme.tenant):
        data = SessionStore(cookie_of(at_acme)).load()
    with bound_to(at_globex.tenant):
        forged = SessionStore()
        forged.update(data)
        forged.save()
    stranger = fresh(at_globex)
    stranger.cookies[COOKIE] = str(forged.session_key)
    assert data["_auth_user_id"] == str(SAM)
    assert stranger.get("/contacts/").status_code == 302


def test_a_csrf_token(at_acme: Side, at_globex: Side) -> None:
    acme, globex = fresh(at_acme, enforce_csrf_checks=True), fresh(at_globex, enforce_csrf_checks=True)
    theirs, own = (_token(client.get("/sign-in/").content.decode()) for client in (acme, globex))
    pair = {"email": "sam@example.com", "password": PASSWORD}
    code_for(at_globex.tenant, "sam@example.com")

    refused = globex.post("/sign-in/", pair | {"csrfmiddlewaretoken": theirs})

    assert refused.status_code == 403
    assert globex.get("/contacts/").status_code == 302
    asked = globex.post("/sign-in/", pair | {"csrfmiddlewaretoken": own})
    assert asked["Location"] == "/second-factor/"
    code = {"code": code_for(at_globex.tenant, "sam@example.com")}
    own = _token(globex.get("/second-factor/").content.decode())
    assert globex.post("/second-factor/", code | {"csrfmiddlewaretoken": own}).status_code == 302
    assert globex.get("/contacts/").status_code == 200


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found.group(1)


def test_a_set_password_link(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        link = set_password_link(at_acme.sam, at_acme.tenant.site_url)
    assert fresh(at_globex).get(urlsplit(link).path).status_code == 410
    own = fresh(at_acme).get(urlsplit(link).path)
    assert own.status_code == 302
    form = own["Location"]
    assert fresh(at_globex).post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 410
    with bound_to(at_globex.tenant):
        assert User.objects.get(pk=SAM).check_password(PASSWORD)


def test_a_reset_token(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        token = default_token_generator.make_token(at_acme.sam)
        assert default_token_generator.check_token(at_acme.sam, token)
    with bound_to(at_globex.tenant):
        assert not default_token_generator.check_token(at_globex.sam, token)


def test_a_signed_value(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        value = signing.dumps({"sam": str(SAM)})
        assert signing.loads(value) == {"sam": str(SAM)}
    with bound_to(at_globex.tenant), pytest.raises(signing.BadSignature):
        signing.loads(value)


@pytest.mark.parametrize("kind", [signing.Signer, signing.TimestampSigner])
def test_a_signer_signs_for_who_is_bound_when_it_is_used(
    at_acme: Side, at_globex: Side, kind: type[signing.Signer]
) -> None:
    with bound_to(at_acme.tenant):
        signer = kind()
        theirs = signer.sign("sam")
    with bound_to(at_globex.tenant):
        with pytest.raises(signing.BadSignature):
            signer.unsign(theirs)
        own = signer.sign("sam")
        assert kind().unsign(own) == "sam"
    with bound_to(at_acme.tenant), pytest.raises(signing.BadSignature):
        kind().unsign(own)


def test_a_signed_cookie(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        signed = signing.get_cookie_signer(salt="choice").sign("blue")
    with bound_to(at_globex.tenant), pytest.raises(signing.BadSignature):
        signing.get_cookie_signer(salt="choice").unsign(signed)


def test_a_cache_key(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        cache.set("report", "of acme")
        named = cache.make_key("report")
    with bound_to(at_globex.tenant):
        for key in ("report", named, f"{at_acme.tenant.schema_name}:1:0:report"):
            assert cache.get(key) is None
        cache.set("report", "of globex")
    with bound_to(at_acme.tenant):
        assert cache.get("report") == "of acme"


def test_a_file(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        name = default_storage.save("sam/note.txt", ContentFile(b"of acme"))
        path, link = default_storage.path(name), default_storage.url(name)
    with bound_to(at_globex.tenant):
        assert not default_storage.exists(name)
        with pytest.raises(FileNotFoundError):
            default_storage.open(name)
        own = default_storage.save("sam/note.txt", ContentFile(b"of globex"))
        assert own == name
        assert default_storage.path(own) != path
    assert at_globex.client.get(link).status_code == 404
    served = at_acme.client.get(link)
    assert served.status_code == 200
    assert b"".join(served) == b"of acme"
    assert at_acme.tenant.schema_name in Path(path).parts
