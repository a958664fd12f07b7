"""How restores and drills name people: one person has one name, at whichever site or in a shell, and has proved it."""

from accounts.models import User

OPERATOR, AT_A_TENANT = "operator:", "user:"


def named_operator(person: User) -> str:
    """For whoever is signed in at our site, or gave a code in a shell."""
    return f"{OPERATOR}{person.get_username()}"


def named_at_tenant(person: User) -> str:
    return f"{AT_A_TENANT}{person.get_username()}"


def shown(by: str) -> str:
    """As a page says it to a reader: their address alone; what a command line calls itself, as it stands."""
    return by.removeprefix(OPERATOR).removeprefix(AT_A_TENANT)


def is_proven(by: str) -> bool:
    """Not so what a command line calls itself."""
    return by.startswith((OPERATOR, AT_A_TENANT))


def is_same_person(first: str, second: str) -> bool:
    """Somebody who works for us and has an account at a tenant, too, is one person."""
    return first.rpartition(":")[2].casefold() == second.rpartition(":")[2].casefold()
