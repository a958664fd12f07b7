"""The demo tenants' people: an owner each, and colleagues. Demo only: their passwords are handed back to be shown."""

import secrets
import string
from dataclasses import dataclass
from typing import TypedDict

from django.contrib.auth.hashers import make_password

from accounts.models import User

LEGIBLE = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    roles: tuple[str, ...]


class Credential(TypedDict):
    email: str
    password: str
    name: str
    roles: list[str]


PEOPLE = {
    "nakheel": (
        Person("noura@nakheel.example", "نورة العتيبي", ("owner",)),
        Person("fahad@nakheel.example", "فهد الشمري", ("staff",)),
        Person("reem@nakheel.example", "ريم القحطاني", ("staff",)),
    ),
    "qiming": (
        Person("wang.jing@qiming.example", "王静", ("owner",)),
        Person("li.haoran@qiming.example", "李浩然", ("staff",)),
        Person("zhao.min@qiming.example", "赵敏", ("staff",)),
    ),
    "brindley": (
        Person("helen@brindley.example", "Helen Brindley", ("owner",)),
        Person("marcus@brindley.example", "Marcus Obi", ("staff",)),
    ),
}

OPERATOR = Person("oscar@amana.example", "Oscar Lindqvist", ("operator",))


def owner_of(slug: str) -> Person:
    return PEOPLE[slug][0]


def create_people(slug: str) -> list[Credential]:
    """The demo tenant's people in the bound database; what is returned are the passwords set just now."""
    return _bring_in(PEOPLE[slug])


def create_operator() -> list[Credential]:
    """The demo's operator, in the bound catalog; the same return."""
    return _bring_in((OPERATOR,))


def _bring_in(people: tuple[Person, ...]) -> list[Credential]:
    invited = [(person, User.objects.invite(person.email, person.name)) for person in people]
    return [_give_password(user, person) for person, user in invited if not user.has_usable_password()]


def _give_password(user: User, person: Person) -> Credential:
    password = "-".join("".join(secrets.choice(LEGIBLE) for _ in range(5)) for _ in range(4))
    User.objects.filter(pk=user.pk).update(password=make_password(password))
    return {"email": user.email, "password": password, "name": user.name, "roles": list(person.roles)}
