import pytest

from accounts.demo import OPERATOR, PEOPLE, create_operator, create_people, owner_of
from accounts.inviting import invite_owner
from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


@pytest.mark.parametrize("slug", PEOPLE)
def test_everyone_gets_a_password_of_their_own_once(acme: Tenant, slug: str) -> None:
    owner = owner_of(slug)
    with bound_to(acme):
        invited = invite_owner(owner.email, owner.name)
        made = create_people(slug)
        assert create_people(slug) == []
        assert [entry["email"] for entry in made] == [person.email for person in PEOPLE[slug]]
        assert made[0]["roles"] == ["owner"]
        assert len({entry["password"] for entry in made}) == len(made)
        assert all(len(entry["password"]) == 23 for entry in made)
        assert User.objects.get(pk=invited.pk).check_password(made[0]["password"])


def test_the_operator_is_let_in_once(catalog: None) -> None:
    with bound_to(CATALOG):
        User.objects.filter(email=OPERATOR.email).update(email="earlier@amana.example")
        (made,) = create_operator()
        assert create_operator() == []
        assert made["roles"] == ["operator"]
        assert User.objects.get(email=OPERATOR.email).check_password(made["password"])
