"""Who must have a second factor. It follows from what they may do; nothing about a person or a role says otherwise."""

from access.registry import Risk
from accounts.models import SecurityPolicy, TotpDevice, User
from tenants.binding import bound_tenant


def owes_factor(person: User) -> bool:
    """Operators always; at a tenant whoever may do something that weighs more, or everybody where it is set so."""
    if bound_tenant() is None:
        return True
    return person.rights.risk != Risk.NONE or _everybody_owes(person)


def _everybody_owes(person: User) -> bool:
    """Read with the person whose request it is; else by a query."""
    known: bool | None = getattr(person, "totp_for_all", None)
    return SecurityPolicy.in_force().totp_for_all if known is None else known


def device_of(person: User) -> TotpDevice | None:
    """The one that is in use."""
    return TotpDevice.objects.filter(user=person, confirmed=True).first()


def page_asking(person: User) -> str:
    """The name of the page that lies between the right password and being signed in; empty where none does."""
    if device_of(person):
        return "accounts:second-factor"
    return "accounts:set-up-second-factor" if owes_factor(person) else ""
