"""The history of one record: for whom it is, and what it tells."""

from uuid import uuid4

from django.test import Client

from accounts.granting import Terms, grant
from accounts.models import Role, SecurityPolicy, User
from audit.context import acting
from audit.recording import record
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.activity.conftest import words


def history(record: Contact | User) -> str:
    return f"/activity/records/{record._meta.db_table}/{record.pk}/"


def change(acme: Tenant, contact: Contact, by: User, request: str = "", **values: str) -> None:
    with bound_to(acme), acting(f"user:{by.pk}", request=request):
        for name, value in values.items():
            setattr(contact, name, value)
        contact.update(by=by, seen=contact.version)


def test_it_tells_each_change_newest_first_and_grouped_by_request(
    acme: Tenant, alice: User, bob: User, bob_client: Client, dora: Contact
) -> None:
    request = str(uuid4())
    change(acme, dora, alice, request, city="York")
    change(acme, dora, alice, request, kind="company")
    change(acme, dora, bob, str(uuid4()), phone="1")

    answer = bob_client.get(history(dora))

    groups = [
        [(line.actor.name, line.event.fields) for line in group.lines] for group in answer.context["groups"]
    ]
    assert groups[:2] == [
        [("Bob", ["phone"])],
        [("Alice", ["kind"]), ("Alice", ["city"])],
    ]
    assert [actor for [(actor, _fields)] in groups[2:]] == ["Alice"]
    assert "<ins>Company</ins>" in answer.content.decode()


def test_what_else_a_request_did_is_told_to_who_reads_the_log_only(
    acme: Tenant, alice: User, alice_client: Client, bob_client: Client, dora: Contact
) -> None:
    request = str(uuid4())
    change(acme, dora, alice, request, city="York")
    with bound_to(acme), acting(f"user:{alice.pk}", request=request):
        record("contacts.exported", contacts=9)

    [with_log, without] = [words(client.get(history(dora)).content) for client in (alice_client, bob_client)]

    assert "1 more entry of the same request" in with_log
    assert "exported contacts: 9" in with_log
    assert "more entry" not in without
    assert "exported" not in without


def test_it_is_narrowed_to_a_field(acme: Tenant, alice: User, bob_client: Client, dora: Contact) -> None:
    change(acme, dora, alice, city="York")
    change(acme, dora, alice, phone="1")

    answer = bob_client.get(f"{history(dora)}?field=contacts_contact.city")

    told = [line.event.action for group in answer.context["groups"] for line in group.lines]
    assert told == ["update", "insert"]
    assert '<bdi class="chip-value">City</bdi>' in answer.content.decode()


def test_changes_lead_to_their_neighbours(
    acme: Tenant, alice: User, bob_client: Client, dora: Contact
) -> None:
    change(acme, dora, alice, city="York")
    [newer, older] = bob_client.get(history(dora)).context["groups"]

    assert (newer.next, newer.previous) == (None, older.id)
    assert (older.next, older.previous) == (newer.id, None)


def test_the_page_of_a_contact_leads_there_and_shows_the_latest(bob_client: Client, dora: Contact) -> None:
    page = bob_client.get(f"/contacts/{dora.pk}/").content.decode()

    assert f'href="{history(dora)}"' in page
    assert "Alice added the contact Dora" in words(page.encode())


def test_without_the_permission_there_is_no_tab_and_no_page(carol_client: Client, dora: Contact) -> None:
    page = carol_client.get(f"/contacts/{dora.pk}/")

    assert page.status_code == 200
    assert "/activity/records/" not in page.content.decode()
    assert "added the contact" not in words(page.content)
    assert carol_client.get(history(dora)).status_code == 403


def test_out_of_scope_is_out_of_sight(acme: Tenant, alice: User, carol_client: Client, dora: Contact) -> None:
    """Carol may read the history of what she added herself."""
    with bound_to(acme):
        carol = User.objects.get(email="carol@acme.example")
        own = Contact(name="Ann")
        own.create(by=carol)
        _let_her_read_histories_of_her_own(carol)

    assert carol_client.get(history(own)).status_code == 200
    assert carol_client.get(history(dora)).status_code == 404
    assert "History" not in words(carol_client.get(f"/contacts/{dora.pk}/").content)
    assert "History" in words(carol_client.get(f"/contacts/{own.pk}/").content)


def _let_her_read_histories_of_her_own(carol: User) -> None:
    grant(carol, Role.objects.get(code="order_manager"), None, Terms(scope="own"))


def test_a_persons_history_takes_another_permission(
    alice: User, alice_client: Client, bob_client: Client
) -> None:
    assert "Alice" in words(alice_client.get(history(alice)).content)
    assert bob_client.get(history(alice)).status_code == 403


def test_roles_and_the_security_settings_have_one_too(
    acme: Tenant, alice: User, alice_client: Client, bob_client: Client
) -> None:
    with bound_to(acme), acting(f"user:{alice.pk}"):
        policy = SecurityPolicy.in_force()
        policy.idle_minutes = 45
        policy.save()
        role = Role.objects.get(code="accountant")

    page = words(alice_client.get("/activity/records/accounts_securitypolicy/1/").content)

    assert "Alice changed the security settings 1: Minutes without a sign of life" in page
    assert alice_client.get(f"/activity/records/accounts_role/{role.pk}/").status_code == 200
    for path in ("accounts_securitypolicy/1/", f"accounts_role/{role.pk}/"):
        assert bob_client.get(f"/activity/records/{path}").status_code == 403
    assert alice_client.get("/activity/records/accounts_securitypolicy/2/").status_code == 404


def test_secrets_stay_out_of_it(acme: Tenant, bob: User, alice_client: Client) -> None:
    with bound_to(acme), acting(f"user:{bob.pk}"):
        bob.set_password("a new one that is long")
        bob.save()
        hashed = bob.password

    page = alice_client.get(history(bob)).content.decode()

    assert "Password" in page
    assert "argon2" not in page
    assert hashed not in page


def test_what_has_no_history_has_no_page(alice_client: Client, alice: User) -> None:
    for table in ("accounts_session", "auth_group", "nothing"):
        assert alice_client.get(f"/activity/records/{table}/{alice.pk}/").status_code == 404
    assert alice_client.get("/activity/records/contacts_contact/7/").status_code == 404


def test_mallory_gets_no_history_of_acmes(mallory_client: Client, dora: Contact, alice: User) -> None:
    for record_of_acme in (dora, alice):
        answer = mallory_client.get(history(record_of_acme))
        assert answer.status_code == 404
        assert "Dora" not in answer.content.decode()
