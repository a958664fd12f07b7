"""People who are kept out, each for another reason, and with everything else that could let them in."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from access.registry import Surface, codes, complete
from accounts.granting import Terms, end, grant
from accounts.models import Role, User
from accounts.role_content import rows_of
from tenants.binding import Bindable, bound_to
from tests.support import fleet

Comes = Callable[[Bindable, str, str], Client]


def surface_of(place: Bindable) -> Surface:
    return "operator" if place.place.is_catalog else "tenant"


def person(place: Bindable, name: str, role: Role | None = None, terms: Terms | None = None) -> User:
    with bound_to(place):
        user = User.objects.invite(f"{name.lower()}@example.com", name)
        if role:
            grant(user, role, by=None, terms=terms)
        return user


def everything_role(place: Bindable) -> Role:
    with bound_to(place):
        return Role.objects.get(code="super_admin" if place.place.is_catalog else "owner")


def all_but(place: Bindable, code: str) -> Role:
    """Every permission that doesn't bring `code` along."""
    with bound_to(place):
        held = frozenset(each for each in codes(surface_of(place)) if code not in complete(frozenset({each})))
        group = Group.objects.create(name=f"all but {code}")
        group.permissions.set(rows_of(held))
        return Role.objects.create(group=group, name=f"All but {code}"[:80])


def visiting(place: Bindable, host: str, user: User) -> Client:
    client = fleet.client_of(host)
    with bound_to(place):
        fleet.let_in(client, user)
    return client


def anonymous(_place: Bindable, host: str, _code: str) -> Client:
    return fleet.client_of(host)


def without(place: Bindable, host: str, code: str) -> Client:
    return visiting(place, host, person(place, "Wanda", all_but(place, code)))


def expired(place: Bindable, host: str, _code: str) -> Client:
    now = timezone.now()
    terms = Terms(starts_at=now - timedelta(days=2), ends_at=now - timedelta(seconds=1))
    return visiting(place, host, person(place, "Emma", everything_role(place), terms))


def not_yet(place: Bindable, host: str, _code: str) -> Client:
    terms = Terms(starts_at=timezone.now() + timedelta(days=1))
    return visiting(place, host, person(place, "Noah", everything_role(place), terms))


def revoked(place: Bindable, host: str, _code: str) -> Client:
    """In mid-session: a page was opened with the right that is then taken away."""
    user = person(place, "Rita", everything_role(place))
    client = visiting(place, host, user)
    assert client.get("/preferences/").status_code == 200
    with bound_to(place):
        end(user.assignments.get(), by=None, reason="test")
    return client


def deactivated(place: Bindable, host: str, _code: str) -> Client:
    user = person(place, "Dina", everything_role(place))
    client = visiting(place, host, user)
    assert client.get("/preferences/").status_code == 200
    with bound_to(place):
        User.objects.filter(pk=user.pk).update(is_active=False)
    return client


# Who comes, and with which answers that person is turned away.
STRANGERS: dict[str, tuple[Comes, set[int]]] = {
    "anonymous": (anonymous, {302}),
    "deactivated": (deactivated, {302}),
}
QUICK = {"revoked in mid-session"}  # has it no more; another customer's session is a stranger's, too
REFUSED: dict[str, tuple[Comes, set[int]]] = {
    **STRANGERS,
    "without": (without, {403}),
    "expired": (expired, {403}),
    "not yet": (not_yet, {403}),
    "revoked in mid-session": (revoked, {403}),
}
