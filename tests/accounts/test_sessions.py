from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from accounts.sessions import SessionStore
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support.authenticator import come_in

COOKIE = "amana"


def test_a_visitors_session_is_nobodys(acme: Tenant, acme_client: Client) -> None:
    acme_client.get("/sign-in/")
    with bound_to(acme):
        assert Session.objects.get(pk=acme_client.cookies[COOKIE].value).user is None


def test_signing_in_gives_a_new_key_to_a_session_that_knows_its_user(
    acme: Tenant, acme_client: Client, alice: User
) -> None:
    acme_client.get("/sign-in/")
    before = acme_client.cookies[COOKIE].value
    come_in(acme_client, acme, alice.email)
    after = acme_client.cookies[COOKIE].value
    assert before != after
    with bound_to(acme):
        assert not Session.objects.filter(pk=before).exists()
        assert Session.objects.get(pk=after).user == alice


def test_a_session_keeps_its_beginning_while_it_is_saved_again(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        store = SessionStore()
        store.create()
        begun = timezone.now() - timedelta(days=1)
        Session.objects.filter(pk=store.session_key).update(created_at=begun)
        again = SessionStore(store.session_key)
        again["colour"] = "blue"
        again.save()
        assert Session.objects.get(pk=store.session_key).created_at == begun
        assert SessionStore(store.session_key)["colour"] == "blue"


def test_last_seen_moves_now_and_then_only(acme: Tenant, alice_client: Client) -> None:
    alice_client.get("/contacts/")
    with bound_to(acme):
        session = Session.objects.filter(pk=alice_client.cookies[COOKIE].value)
        recent, old = timezone.now() - timedelta(seconds=15), timezone.now() - timedelta(seconds=25)
        session.update(last_seen_at=recent)
    alice_client.get("/contacts/")
    with bound_to(acme):
        assert session.get().last_seen_at == recent
        session.update(last_seen_at=old)
    alice_client.get("/contacts/")
    with bound_to(acme):
        assert session.get().last_seen_at > recent


def test_neither_reading_nor_choosing_a_look_makes_a_session_last_longer(
    acme: Tenant, alice_client: Client
) -> None:
    alice_client.get("/contacts/")
    with bound_to(acme):
        before = Session.objects.get(user__isnull=False).expire_date
    alice_client.post("/theme/", {"theme": "dark", "next": "/contacts/"})
    alice_client.post("/language/", {"language": "ar"})
    alice_client.post("/navigation/", {"show": "rail"})
    for where in ("/contacts/", "/palette/?q=a", "/search/"):
        assert alice_client.get(where).status_code == 200
    with bound_to(acme):
        assert Session.objects.get(user__isnull=False).expire_date == before


def test_an_expired_session_is_nobodys(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        Session.objects.update(expire_date=timezone.now())
    assert alice_client.get("/contacts/").status_code == 302


def test_a_deleted_users_sessions_go_too(acme: Tenant, alice: User, alice_client: Client) -> None:
    with bound_to(acme):
        alice.delete()
        assert not Session.objects.filter(pk=alice_client.cookies[COOKIE].value).exists()


def test_a_session_of_acme_is_worthless_at_globex(alice_client: Client, globex_client: Client) -> None:
    globex_client.cookies[COOKIE] = alice_client.cookies[COOKIE].value
    assert globex_client.get("/contacts/").status_code == 302


def test_the_row_knows_its_engine() -> None:
    assert Session.get_session_store_class() is SessionStore
