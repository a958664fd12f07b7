"""The demo tenants' people: an owner each, and colleagues. Demo only: their secrets are handed back to be shown."""

import secrets
import string
from dataclasses import dataclass
from typing import Required, TypedDict

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.granting import Terms, grant
from accounts.models import Role, TotpDevice, User
from accounts.second_factor.owing import device_of, owes_factor
from accounts.second_factor.time_steps import new_key

LEGIBLE = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    roles: tuple[str, ...]


class Credential(TypedDict, total=False):
    """Who signs in with what; a password or a key only where it was made just now."""

    email: Required[str]
    name: Required[str]
    roles: Required[list[str]]
    password: str
    totp_secret: str


PEOPLE = {
    "nakheel": (
        Person("noura@nakheel.example", "نورة العتيبي", ("owner",)),
        Person("fahad@nakheel.example", "فهد الشمري", ("tenant_admin",)),
        Person("reem@nakheel.example", "ريم القحطاني", ("order_manager",)),
    ),
    "qiming": (
        Person("wang.jing@qiming.example", "王静", ("owner",)),
        Person("li.haoran@qiming.example", "李浩然", ("order_manager",)),
        Person("zhao.min@qiming.example", "赵敏", ("purchasing_agent",)),
    ),
    "brindley": (
        Person("helen@brindley.example", "Helen Brindley", ("owner",)),
        Person("marcus@brindley.example", "Marcus Obi", ("auditor",)),
    ),
}

OPERATORS = (
    Person("oscar@amana.example", "Oscar Lindqvist", ("super_admin",)),
    Person("priya@amana.example", "Priya Raman", ("operator", "recovery_approver")),
    Person("yusuf@amana.example", "يوسف الحربي", ("recovery_operator",)),
    Person("mei@amana.example", "陈梅", ("support_engineer",)),
)
ADDRESSES = frozenset(person.email for people in (*PEOPLE.values(), OPERATORS) for person in people)


def owner_of(slug: str) -> Person:
    return PEOPLE[slug][0]


def create_people(slug: str) -> list[Credential]:
    """The demo tenant's people in the bound database; what is returned was made just now. Idempotent."""
    return _bring_in(PEOPLE[slug])


def create_operators() -> list[Credential]:
    """The demo's operators, in the bound catalog; the same return."""
    return _bring_in(OPERATORS)


def _bring_in(people: tuple[Person, ...]) -> list[Credential]:
    made = [_let_in(User.objects.invite(person.email, person.name), person) for person in people]
    return [credential for credential in made if {"password", "totp_secret"} & credential.keys()]


def _let_in(user: User, person: Person) -> Credential:
    """With roles and a second factor also where somebody has been here since before there were any."""
    made: Credential = {"email": user.email, "name": user.name, "roles": list(person.roles)}
    if not user.has_usable_password():
        made["password"] = _give_password(user)
    for code in person.roles:
        _give_role(user, Role.objects.get(code=code))
    if owes_factor(User.objects.get(pk=user.pk)) and device_of(user) is None:
        made["totp_secret"] = _give_device(user)
    return made


def _give_password(user: User) -> str:
    password = "-".join("".join(secrets.choice(LEGIBLE) for _ in range(5)) for _ in range(4))
    User.objects.filter(pk=user.pk).update(password=make_password(password), password_set_at=timezone.now())
    return password


def _give_role(user: User, role: Role) -> None:
    if not user.assignments.not_over().filter(role=role).exists():
        grant(user, role, by=None, terms=Terms(reason="Demo"))


def _give_device(user: User) -> str:
    key = new_key()
    TotpDevice.objects.create(user=user, name="", confirmed=True, key=key)
    return key
