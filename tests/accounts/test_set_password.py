from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.inviting import invite_owner, set_password_link
from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant

NEW = "Correct horse battery 9!"
TWICE = {"new_password1": NEW, "new_password2": NEW}


@pytest.fixture
def carol(acme: Tenant) -> User:
    with bound_to(acme):
        return invite_owner("carol@acme.example", "Carol")


@pytest.fixture
def link(acme: Tenant, carol: User) -> str:
    with bound_to(acme):
        return set_password_link(carol, acme.site_url)


def opened(client: Client, link: str) -> str:
    """Where the link leads: the form, at an address without the token."""
    return client.get(urlsplit(link).path)["Location"]


def test_the_link_is_on_the_tenants_own_site(acme: Tenant, link: str) -> None:
    assert link.startswith(f"{acme.site_url}/set-password/")


def test_the_token_leaves_the_address_at_once(acme_client: Client, link: str) -> None:
    assert opened(acme_client, link).endswith("/set-password/")
    assert urlsplit(link).path.split("/")[-2] not in opened(acme_client, link)


def test_carol_sets_her_password_then_signs_in(acme_client: Client, carol: User, link: str) -> None:
    form = opened(acme_client, link)
    assert "Carol" in acme_client.get(form).content.decode()
    answer = acme_client.post(form, TWICE)
    assert (answer.status_code, answer["Location"]) == (302, "/second-factor/set-up/")
    assert acme_client.get("/contacts/").status_code == 302
    assert "Your password is set." in acme_client.get(answer["Location"]).content.decode()
    assert acme_client.post("/sign-in/", {"email": carol.email, "password": NEW}).status_code == 302


def test_the_link_works_once(acme_client: Client, link: str) -> None:
    acme_client.post(opened(acme_client, link), TWICE)
    page = acme_client.get(urlsplit(link).path)
    assert page.status_code == 410
    assert "This link no longer works" in page.content.decode()


@pytest.mark.parametrize("path", ["/set-password/x/y/", "/set-password/AAAA/set-password/"])
def test_a_made_up_link_tells_nothing(acme_client: Client, path: str) -> None:
    assert acme_client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (TWICE | {"new_password2": "another"}, "didn’t match"),
        ({"new_password1": "short", "new_password2": "short"}, "too short"),
        ({}, "This field is required."),
    ],
    ids=["two differ", "too short", "nothing"],
)
def test_a_bad_password_is_refused_in_words(
    *, acme: Tenant, acme_client: Client, carol: User, link: str, typed: dict[str, str], words: str
) -> None:
    page = acme_client.post(opened(acme_client, link), typed)
    assert page.status_code == 422
    assert words in page.content.decode()
    with bound_to(acme):
        carol.refresh_from_db()
    assert not carol.has_usable_password()


def test_a_deactivated_user_sets_nothing(acme: Tenant, acme_client: Client, carol: User, link: str) -> None:
    with bound_to(acme):
        User.objects.filter(pk=carol.pk).update(is_active=False)
    assert acme_client.get(urlsplit(link).path).status_code == 410


def test_a_link_of_acme_is_worthless_at_globex(
    globex: Tenant, globex_client: Client, carol: User, link: str
) -> None:
    with bound_to(globex):
        User.objects.create(pk=carol.pk, email=carol.email, name="Carol", password=carol.password)
    assert globex_client.get(urlsplit(link).path).status_code == 410


def test_a_new_password_ends_the_other_sessions(
    acme: Tenant, alice: User, alice_client: Client, acme_client: Client
) -> None:
    with bound_to(acme):
        link = set_password_link(alice, acme.site_url)
    acme_client.post(opened(acme_client, link), TWICE)
    assert alice_client.get("/contacts/").status_code == 302


def test_inviting_the_owner_again_returns_the_same_one(acme: Tenant, carol: User) -> None:
    with bound_to(acme):
        assert invite_owner("Carol@acme.example", "Carol") == carol
        assert User.objects.filter(email=carol.email).count() == 1


def test_what_is_wrong_with_a_password_is_said_in_arabic(acme_client: Client, link: str) -> None:
    form = opened(acme_client, link)
    page = acme_client.post(
        form, {"new_password1": "short", "new_password2": "short"}, headers={"accept-language": "ar"}
    )
    assert page.status_code == 422
    assert "يجب أن تتكون من 12 حرفًا على الأقل." in page.content.decode()
