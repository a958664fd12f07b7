"""How restores and drills name people: one person has one name, at whichever site or in a shell, and has proved it."""

from django.utils.translation import gettext

from accounts.models import User

OPERATOR, AT_A_TENANT = "operator:", "user:"


def named_operator(person: User) -> str:
    """For whoever is signed in at our site, or gave a code in a shell."""
    return f"{OPERATOR}{person.get_username()}"


def named_at_tenant(person: User) -> str:
    return f"{AT_A_TENANT}{person.get_username()}"


def shown(by: str) -> str:
    """As a customer's person reads it: the address alone; what a command line calls itself, as it stands."""
    return by.removeprefix(OPERATOR).removeprefix(AT_A_TENANT)


def shown_name(by: str) -> str:
    """For a page of ours: an operator's name, and of whoever isn't one, or isn't here any more, the address."""
    sort, _colon, address = by.partition(":")
    if by.startswith(OPERATOR):
        known = User.objects.filter(email__iexact=address).values_list("name", flat=True).first()
        return known or address
    if by.startswith(AT_A_TENANT):
        return gettext("%(address)s, of the customer's people") % {"address": address}
    return gettext("%(name)s, at a shell") % {"name": address} if sort == "command" else by


def is_proven(by: str) -> bool:
    """Not so what a command line calls itself."""
    return by.startswith((OPERATOR, AT_A_TENANT))


def is_same_person(first: str, second: str) -> bool:
    """Somebody who works for us and has an account at a tenant, too, is one person."""
    return first.rpartition(":")[2].casefold() == second.rpartition(":")[2].casefold()
