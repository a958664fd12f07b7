"""Who came, who went and who was refused: an event each, by the real pages."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.demo import create_people
from accounts.inviting import invite_owner, set_password_link
from accounts.models import Session, User
from accounts.signing_in import address_hash
from audit.reading import read
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, kinds, lines, newest, security_events
from tests.conftest import PASSWORD
from tests.lifecycle.looking import superuser
from tests.support import fleet
from tests.support.authenticator import come_in, give_device

PAIR = {"email": "alice@acme.example", "password": PASSWORD}
NEW = {"new_password1": "Correct horse battery 9!", "new_password2": "Correct horse battery 9!"}


def test_signing_in_is_hers_and_so_is_what_it_changes(acme: Tenant, acme_client: Client, alice: User) -> None:
    with bound_to(acme):
        phone = give_device(alice)
    before = newest(acme)
    acme_client.post("/sign-in/", PAIR)
    acme_client.post("/second-factor/", {"code": phone.code()})
    *_, event = security_events(acme, before)
    assert lines(acme, before)[-1] == Line(
        "accounts.signed_in", "done", f"user:{alice.pk}", "Alice signed in"
    )
    assert (event.subject, event.object_id, event.ip) == ("accounts_user", str(alice.pk), "127.0.0.1")


def test_a_wrong_password_is_told_of_her_and_done_by_nobody_known(
    acme: Tenant, acme_client: Client, alice: User
) -> None:
    before = newest(acme)
    acme_client.post("/sign-in/", PAIR | {"password": "hunter2hunter2"})
    assert lines(acme, before) == [
        Line("accounts.signed_in", "refused", "anonymous", "Alice was refused at sign-in")
    ]
    assert security_events(acme, before)[0].object_id == str(alice.pk)
    assert "hunter2" not in str(security_events(acme, before))


def test_a_strangers_address_is_not_kept(acme: Tenant, acme_client: Client, globex: Tenant) -> None:
    before = newest(acme)
    for email in ("zaphod@example.org", "Zaphod@Example.org"):
        acme_client.post("/sign-in/", {"email": email, "password": PASSWORD})
    with bound_to(acme):
        hashed = address_hash("zaphod@example.org")
    with bound_to(globex):
        assert address_hash("zaphod@example.org") != hashed
    words = f"Somebody unknown was refused at sign-in ({hashed})"
    assert lines(acme, before) == [Line("accounts.stranger_came", "refused", "anonymous", words)] * 2
    assert "zaphod" not in str(security_events(acme, before)).lower()


def test_a_deactivated_person_is_refused_by_name(acme: Tenant, acme_client: Client, alice: User) -> None:
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(is_active=False)
    before = newest(acme)
    acme_client.post("/sign-in/", PAIR)
    assert [line.sentence for line in lines(acme, before)] == ["Alice was refused at sign-in"]


def test_signing_out_is_hers(acme: Tenant, alice: User, alice_client: Client, acme_client: Client) -> None:
    before = newest(acme)
    alice_client.post("/sign-out/")
    acme_client.post("/sign-out/")
    assert lines(acme, before) == [
        Line("accounts.signed_out", "done", f"user:{alice.pk}", "Alice signed out")
    ]


def test_operators_are_told_in_the_platforms_log(catalog: None, operator_client: Client, oscar: User) -> None:
    before = newest(CATALOG)
    come_in(operator_client, CATALOG, oscar.email)
    operator_client.post("/sign-out/")
    assert [line[:3] for line in lines(CATALOG, before)] == [
        ("accounts.password_proven", "done", f"operator:{oscar.pk}"),
        ("accounts.factor_given", "done", f"operator:{oscar.pk}"),
        ("accounts.signed_in", "done", f"operator:{oscar.pk}"),
        ("accounts.signed_out", "done", f"operator:{oscar.pk}"),
    ]


def test_an_invitation_and_its_link(acme: Tenant, acme_client: Client) -> None:
    before = newest(acme)
    with bound_to(acme):
        carol = invite_owner("carol@acme.example", "Carol")
        invite_owner("carol@acme.example", "Carol")
        link = urlsplit(set_password_link(carol, acme.site_url)).path
    acme_client.post(acme_client.get(link)["Location"], NEW)
    assert acme_client.get(link).status_code == 410
    assert lines(acme, before) == [
        Line("accounts.invited", "done", "test", "Carol was invited"),
        Line("accounts.role_granted", "done", "test", "Carol was given the role Owner"),
        Line("accounts.password_set", "done", f"user:{carol.pk}", "Carol has a new password"),
        Line("accounts.link_used", "done", f"user:{carol.pk}", "Carol set a password by link"),
        Line(
            "accounts.password_proven",
            "done",
            f"user:{carol.pk}",
            "Carol gave the right password and was asked for the second factor",
        ),
        Line("accounts.link_used", "refused", "anonymous", "A link for Carol to set a password was refused"),
    ]
    assert link.split("/")[-2] not in str(security_events(acme, before))


def test_the_new_password_itself_is_changed_by_who_holds_the_link(acme: Tenant, acme_client: Client) -> None:
    with bound_to(acme):
        carol = invite_owner("carol@acme.example", "Carol")
        link = urlsplit(set_password_link(carol, acme.site_url)).path
    acme_client.post(acme_client.get(link)["Location"], NEW)
    with bound_to(acme):
        [changed] = read(actor=f"user:{carol.pk}", action="update", subject="accounts_user")
    assert (changed.masked, changed.after) == (("password",), {})


def test_a_link_that_was_made_up(acme: Tenant, acme_client: Client, mallory: User) -> None:
    before = newest(acme)
    for path in ("/set-password/x/y/", "/set-password/AAAA/set-password/"):
        assert acme_client.get(path).status_code == 410
    words = "A link to set a password was refused: nobody here may use it"
    assert lines(acme, before) == [Line("accounts.link_made_up", "refused", "anonymous", words)] * 2


def test_a_password_set_by_command(acme: Tenant, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "A new one, 7 of hers")
    before = newest(acme)
    with bound_to(acme):
        call_command("changepassword", alice.email, f"--database={acme.schema_name}")
    assert lines(acme, before) == [Line("accounts.password_set", "done", "test", "Alice has a new password")]


def test_of_the_demos_people_only_their_roles_are_news(acme: Tenant) -> None:
    before = newest(acme)
    with bound_to(acme):
        people = create_people("nakheel")
        assert User.objects.get(email=people[0]["email"]).check_password(people[0]["password"])
    assert {kind for kind, _ in kinds(acme, before)} == {"accounts.role_granted"}


def test_mallorys_password_at_acme_leaves_nothing_at_globex(
    acme: Tenant, globex: Tenant, acme_client: Client, mallory: User
) -> None:
    before, at_globex = newest(acme), newest(globex)
    acme_client.post("/sign-in/", {"email": mallory.email, "password": PASSWORD})
    assert [line.action for line in lines(acme, before)] == ["accounts.stranger_came"]
    assert lines(globex, at_globex) == []


@pytest.fixture
def tenant(databases: None) -> Iterator[Tenant]:
    """Really committed, with Alice."""
    made = fleet.provision()
    with bound_to(made):
        fleet.add_user("alice@acme.example", "Alice", "accountant")
    yield made
    fleet.close(made)


def test_who_cannot_be_recorded_is_not_signed_in(tenant: Tenant) -> None:
    client = fleet.client_of(tenant.primary_host)
    client.raise_request_exception = False
    door = "ON FUNCTION activity_api.record(text, text, text, text, jsonb)"
    with superuser(tenant.place.database) as server:
        server.execute(f"REVOKE EXECUTE {door} FROM tenant_runtime".encode())

    assert client.post("/sign-in/", PAIR).status_code == 500

    assert client.get("/contacts/").status_code == 302
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    with bound_to(tenant):
        assert not Session.objects.filter(user__isnull=False).exists()
