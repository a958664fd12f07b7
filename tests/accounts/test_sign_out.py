from django.test import Client

from accounts.models import Session
from tenants.binding import bound_to
from tenants.models import Tenant


def test_signing_out_destroys_the_session(acme: Tenant, alice_client: Client) -> None:
    key = alice_client.cookies["amana"].value
    answer = alice_client.post("/sign-out/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    with bound_to(acme):
        assert not Session.objects.filter(pk=key).exists()
    assert "You are signed out." in alice_client.get("/sign-in/").content.decode()


def test_a_link_signs_nobody_out(alice_client: Client) -> None:
    assert alice_client.get("/sign-out/").status_code == 405
    assert alice_client.get("/contacts/").status_code == 200
