import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant


def test_an_invited_user_is_active_and_has_no_password(acme: Tenant) -> None:
    with bound_to(acme):
        carol = User.objects.invite("Carol@Acme.example", "Carol")
        assert (carol.email, carol.name, carol.is_active) == ("carol@acme.example", "Carol", True)
        assert not carol.has_usable_password()
        assert carol.id.version == 7


def test_inviting_again_changes_nothing(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        again = User.objects.invite("ALICE@acme.example", "Somebody else")
        assert again == alice
        assert again.name == "Alice"
        assert again.has_usable_password()


def test_an_address_is_looked_up_in_any_case(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        assert User.objects.get(email=" Alice@ACME.example ") == alice


def test_one_address_is_one_person(acme: Tenant, alice: User) -> None:
    with bound_to(acme), pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Alice@Acme.example", name="Another Alice")


def test_the_same_address_is_free_at_another_tenant(globex: Tenant, alice: User) -> None:
    with bound_to(globex):
        assert User.objects.invite(alice.email, "Alice at Globex").pk != alice.pk


def test_there_is_no_superuser_and_no_group() -> None:
    names = {field.name for field in User._meta.get_fields()}
    assert not names & {"is_superuser", "is_staff", "groups", "user_permissions"}
    assert str(User(name="Alice")) == "Alice"
