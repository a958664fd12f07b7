"""Whatever Django is asked to write leaves one event for each row that it changes, and nothing else."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Now

from accounts.models import Session, User
from audit.context import acting
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.proofs.log import Event, new_events, nothing_logged

pytestmark = pytest.mark.usefixtures("at_acme")
GROUP = "auth_group"


@pytest.fixture
def at_acme(acme: Tenant) -> Iterator[None]:
    with bound_to(acme):
        yield


def inserted(group: Group) -> Event:
    return Event("insert", GROUP, str(group.pk), None, {"id": group.pk, "name": group.name})


def renamed(group: Group, old: str, new: str) -> Event:
    return Event("update", GROUP, str(group.pk), {"name": old}, {"name": new})


def deleted(pk: int, name: str) -> Event:
    return Event("delete", GROUP, str(pk), {"id": pk, "name": name}, None)


def test_create_save_and_delete() -> None:
    with new_events() as found:
        group = Group.objects.create(name="Packers")
        pk = group.pk
        group.name = "Pickers"
        group.save()
        group.delete()
    group.pk = pk
    assert found == [
        Event("insert", GROUP, str(pk), None, {"id": pk, "name": "Packers"}),
        renamed(group, "Packers", "Pickers"),
        deleted(pk, "Pickers"),
    ]


def test_a_save_that_changes_nothing_leaves_nothing() -> None:
    group = Group.objects.create(name="Packers")
    with nothing_logged():
        group.save()
        Group.objects.filter(pk=group.pk).update(name="Packers")
        Group.objects.bulk_update([group], ["name"])


def test_an_update_of_ignored_columns_alone_leaves_nothing(alice: User) -> None:
    contact = Contact.objects.create(name="Ana")
    with nothing_logged():
        Contact.objects.filter(pk=contact.pk).update(version=7, updated_at=Now(), updated_by=alice)
        User.objects.filter(pk=alice.pk).update(last_login=Now())
    with new_events() as found:
        Contact.objects.filter(pk=contact.pk).update(version=8, country="DE")
    assert found == [Event("update", "contacts_contact", str(contact.pk), {"country": ""}, {"country": "DE"})]


def test_bulk_create() -> None:
    with new_events() as found:
        groups = Group.objects.bulk_create(Group(name=f"g{number}") for number in range(300))
    assert found == [inserted(group) for group in groups]


def test_bulk_create_in_batches() -> None:
    with new_events() as found:
        groups = Group.objects.bulk_create((Group(name=f"g{n}") for n in range(25)), batch_size=4)
    assert found == [inserted(group) for group in groups]


def test_an_upsert_leaves_an_insert_an_update_or_nothing() -> None:
    old = Group.objects.create(name="old")
    same = Group.objects.create(name="same")
    rows = [Group(pk=old.pk, name="older"), Group(pk=same.pk, name="same"), Group(pk=987654, name="new")]
    with new_events() as found:
        Group.objects.bulk_create(rows, update_conflicts=True, update_fields=["name"], unique_fields=["id"])
    assert found == [renamed(old, "old", "older"), inserted(rows[2])]


def test_ignored_conflicts_leave_nothing() -> None:
    Group.objects.create(name="there")
    with nothing_logged():
        Group.objects.bulk_create([Group(name="there")], ignore_conflicts=True)


def test_get_or_create_and_update_or_create() -> None:
    with new_events() as found:
        group, _ = Group.objects.get_or_create(name="a")
        Group.objects.get_or_create(name="a")
        Group.objects.update_or_create(pk=group.pk, defaults={"name": "b"})
        Group.objects.update_or_create(pk=group.pk, defaults={"name": "b"})
    assert found == [
        Event("insert", GROUP, str(group.pk), None, {"id": group.pk, "name": "a"}),
        renamed(group, "a", "b"),
    ]


def test_bulk_update() -> None:
    groups = Group.objects.bulk_create(Group(name=f"g{number}") for number in range(20))
    for group in groups[:15]:
        group.name += "!"
    with new_events() as found:
        Group.objects.bulk_update(groups, ["name"], batch_size=7)
    assert sorted(found, key=str) == sorted((renamed(g, g.name[:-1], g.name) for g in groups[:15]), key=str)


def test_an_update_with_an_expression() -> None:
    groups = Group.objects.bulk_create(Group(name=f"g{number}") for number in range(3))
    with new_events() as found:
        Group.objects.filter(name__startswith="g").update(name=Concat(F("name"), Value("!")))
    assert sorted(found, key=str) == sorted((renamed(g, g.name, f"{g.name}!") for g in groups), key=str)


def test_a_delete_of_a_queryset_and_its_cascade() -> None:
    group = Group.objects.create(name="a")
    group.permissions.add(*Permission.objects.all()[:1])
    pk = group.pk
    with new_events() as found:
        Group.objects.filter(pk=pk).delete()
    assert [(event.action, event.subject) for event in found] == [
        ("delete", "auth_group_permissions"),
        ("delete", GROUP),
    ]


def test_many_to_many_add_set_remove_and_clear() -> None:
    group = Group.objects.create(name="a")
    first, second, third = Permission.objects.all()[:3]
    with new_events() as found:
        group.permissions.add(first, second)
        group.permissions.add(first)
        group.permissions.set([second, third])
        group.permissions.remove(third, first)
        group.permissions.clear()
    assert {event.subject for event in found} == {"auth_group_permissions"}
    assert [(event.action, (event.after or event.before)["permission_id"]) for event in found] == [
        ("insert", first.pk),
        ("insert", second.pk),
        ("delete", first.pk),
        ("insert", third.pk),
        ("delete", third.pk),
        ("delete", second.pk),
    ]


def test_what_stands_in_no_log_is_deleted_along_without_an_event() -> None:
    """Sessions are exempt: a cascade into them says what happened to the user, once."""
    carol = User.objects.invite("carol@acme.example", "Carol")
    Session.objects.create(session_key="k" * 32, user=carol, created_at=Now(), expire_date=Now())
    with new_events() as found:
        carol.delete()
    assert [(event.action, event.subject) for event in found] == [("delete", "accounts_user")]


def test_personal_columns_are_named_and_never_told(alice: User) -> None:
    with new_events() as found:
        contact = Contact.objects.create(name="Ana Müller", email="ana@example.com", notes="likes tea")
        contact.notes, contact.phone = "likes coffee", "+49 30 1234"
        contact.save()
        contact.delete()
    assert [event.masked for event in found] == [
        ["name", "email", "phone", "address", "city", "tax_id", "notes"],
        ["phone", "notes"],
        ["name", "email", "phone", "address", "city", "tax_id", "notes"],
    ]
    assert found[1].before is found[1].after is None
    for said in ("Ana", "ana@", "tea", "coffee", "1234"):
        assert said not in str(found)
    assert alice.name == "Alice"


def test_a_password_is_named_and_never_told(alice: User) -> None:
    with new_events() as found:
        alice.set_password("quite another passphrase 9")
        alice.save()
    changes = [event for event in found if "." not in event.action]
    assert changes == [Event("update", "accounts_user", str(alice.pk), masked=["password"])]
    assert alice.password not in str(found)
    assert "passphrase" not in str(found)


def test_what_is_rolled_back_leaves_nothing() -> None:
    with nothing_logged(), pytest.raises(ZeroDivisionError), transaction.atomic():
        Group.objects.create(name="a")
        raise ZeroDivisionError


def test_a_savepoint_that_is_rolled_back_takes_its_events_along() -> None:
    with new_events() as found, transaction.atomic():
        kept = Group.objects.create(name="kept")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Group.objects.create(name="lost")
            Group.objects.filter(pk=kept.pk).update(name="lost, too")
            raise ZeroDivisionError
        also = Group.objects.create(name="also kept")
    assert found == [inserted(kept), inserted(also)]


def test_a_statement_that_fails_leaves_nothing_of_its_rows() -> None:
    Group.objects.create(name="taken")
    with nothing_logged(), pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.bulk_create([Group(name="free"), Group(name="taken")])


def test_the_event_says_who_why_and_in_answer_to_what() -> None:
    with new_events() as found, acting("user:4711", request="r-1", ip="192.0.2.7", reason="ticket 12"):
        Group.objects.create(name="a")
    [event] = found
    assert (event.actor, event.request, event.ip, event.reason) == (
        "user:4711",
        "r-1",
        "192.0.2.7",
        "ticket 12",
    )
