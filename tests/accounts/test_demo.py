import pytest
from django.core.management.base import CommandError
from django.test import Client

from accounts.demo import OPERATORS, PEOPLE, create_operators, create_people, owner_of
from accounts.inviting import invite_owner
from accounts.models import Assignment, TotpDevice, User
from accounts.second_factor.owing import owes_factor
from config.demo import prepare_demo
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


@pytest.mark.sampled
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
        assert User.objects.get(pk=invited.pk).password_set_at, "the page of a person says when"


@pytest.mark.parametrize("slug", PEOPLE)
def test_everyone_has_their_role_and_whoever_owes_one_a_second_factor(acme: Tenant, slug: str) -> None:
    with bound_to(acme):
        for made in create_people(slug):
            user = User.objects.get(email=made["email"])
            held = Assignment.objects.in_force().filter(user=user).values_list("role__code", flat=True)
            assert [*held] == made["roles"]
            keys = [device.key for device in TotpDevice.objects.filter(user=user, confirmed=True)]
            assert keys == ([made["totp_secret"]] if owes_factor(user) else [])


def test_some_demo_people_owe_a_second_factor_and_some_dont(acme: Tenant) -> None:
    with bound_to(acme):
        made = create_people("qiming")
    assert ["totp_secret" in entry for entry in made] == [True, True, False]


def test_people_from_before_there_were_roles_get_what_is_missing(acme: Tenant) -> None:
    with bound_to(acme):
        create_people("qiming")
        TotpDevice.objects.all().delete()
        Assignment.objects.filter(user__email="li.haoran@qiming.example").delete()
        made = create_people("qiming")
        assert [entry["email"] for entry in made] == ["wang.jing@qiming.example", "li.haoran@qiming.example"]
        assert all("password" not in entry and len(entry["totp_secret"]) == 32 for entry in made)
        assert Assignment.objects.filter(user__email="li.haoran@qiming.example").count() == 1


def test_the_operators_are_let_in_once(catalog: None) -> None:
    with bound_to(CATALOG):
        for number, operator in enumerate(OPERATORS):
            User.objects.filter(email=operator.email).update(email=f"earlier{number}@amana.example")
        made = create_operators()
        assert create_operators() == []
        assert [entry["roles"] for entry in made] == [
            ["super_admin"],
            ["operator", "recovery_approver"],
            ["recovery_operator"],
            ["support_engineer"],
        ]
        assert User.objects.get(email=OPERATORS[0].email).check_password(made[0]["password"])
        assert TotpDevice.objects.filter(user__email__in=[each.email for each in OPERATORS]).count() == 4


PRODUCTION = "config.environment.Environment.is_production"


def test_production_makes_no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PRODUCTION, True)
    with pytest.raises(CommandError, match="not in production"):
        prepare_demo(print)


def test_production_lets_nobody_of_the_demo_in_nor_go_on(
    acme: Tenant, acme_client: Client, alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bound_to(acme):
        [zhao] = [made for made in create_people("qiming") if "totp_secret" not in made]
    pair = {"email": zhao["email"], "password": zhao["password"]}
    monkeypatch.setattr(PRODUCTION, True)
    assert acme_client.post("/sign-in/", pair).status_code == 422
    monkeypatch.setattr(PRODUCTION, False)
    assert acme_client.post("/sign-in/", pair).status_code == 302
    assert acme_client.get("/contacts/").status_code == 200
    monkeypatch.setattr(PRODUCTION, True)
    assert acme_client.get("/contacts/").status_code == 302
    assert alice_client.get("/contacts/").status_code == 200, "of whom no file tells"
