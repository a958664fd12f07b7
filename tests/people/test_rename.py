from collections.abc import Callable

from django.test import Client

from accounts.models import User
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant


def name_of(tenant: Tenant, person: User) -> str:
    with bound_to(tenant):
        return User.objects.get(pk=person.pk).name


def test_both_names_are_in_the_log(acme: Tenant, alice: User, alice_client: Client, bob: User) -> None:
    assert alice_client.post(f"/people/{bob.pk}/edit/", {"name": "Bob Ekwueme"}).status_code == 302
    assert name_of(acme, bob) == "Bob Ekwueme"
    with bound_to(acme):
        [event] = read(action="accounts.renamed")
    assert (event.sentence, event.actor) == ("Bob is now called Bob Ekwueme", f"user:{alice.pk}")


def test_nobody_renames_themselves(acme: Tenant, alice: User, alice_client: Client) -> None:
    answer = alice_client.post(f"/people/{alice.pk}/edit/", {"name": "Somebody Else"})
    assert answer.status_code == 422
    assert "Nobody renames themselves" in answer.content.decode()
    assert name_of(acme, alice) == "Alice"


def test_one_s_own_preferences_show_the_name_and_don_t_change_it(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    page = alice_client.get("/preferences/").content.decode()
    assert "<bdi>Alice</bdi>" in page.partition('class="facts')[2].partition("</dl>")[0]
    alice_client.post("/preferences/", {"name": "Eve", "language": "", "theme": "dark", "density": "compact"})
    assert name_of(acme, alice) == "Alice"


def test_a_post_is_no_name(acme: Tenant, alice_client: Client, bob: User) -> None:
    assert alice_client.post(f"/people/{bob.pk}/edit/", {"name": "Warehouse"}).status_code == 422
    assert name_of(acme, bob) == "Bob"


def test_without_the_right_or_from_elsewhere_nothing_is_renamed(
    acme: Tenant, with_rights: Callable[..., Client], mallory_client: Client, bob: User
) -> None:
    assert with_rights("accounts.user:view").post(f"/people/{bob.pk}/edit/", {"name": "X"}).status_code == 403
    assert mallory_client.post(f"/people/{bob.pk}/edit/", {"name": "X"}).status_code == 404
    assert name_of(acme, bob) == "Bob"
