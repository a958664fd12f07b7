"""Arguments and forms for the pages of people, reviews, the log and support."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.granting import grant
from accounts.models import OwnerRecovery, ReviewItem, Role, SupportGrant, TotpDevice, User
from accounts.reviews import campaigns
from audit.context import acting
from audit.recording import record
from console.models import BreakGlass
from console.models import OwnerRecovery as Asked
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.identifiers import new_id
from tenants.models import Tenant
from tests.access.pages import Case
from tests.conftest import PASSWORD

Make = Callable[[Bindable], Case]
Data = dict[str, object]
WHY = {"reason": "For the test"}
SOON = (timezone.now() + timedelta(days=30)).date().isoformat()
TERMS: Data = {"scope": "tenant", "review_on": SOON, **WHY}


def just(data: Data | None = None, *, changes: bool = True) -> Make:
    return lambda _place: Case({}, data, changes)


def pia(place: Bindable, *, invited: bool = False) -> User:
    """Who is looked after: with a password and a role, unless only invited."""
    with bound_to(place):
        person = User.objects.invite("pia@example.com", "Pia")
        if not invited:
            person.set_password(PASSWORD)
            person.save()
            grant(person, smallest(place), by=None)
        return person


def smallest(place: Bindable) -> Role:
    return Role.objects.get(code="support_engineer" if place.place.is_catalog else "accountant")


def olga(place: Bindable) -> User:
    """She who succeeds, later."""
    with bound_to(place):
        return User.objects.invite("olga@example.com", "Olga")


def person(data: Data | None = None, *, changes: bool = True, invited: bool = False) -> Make:
    return lambda place: Case({"pk": str(pia(place, invited=invited).pk)}, data, changes)


def deactivated(place: Bindable) -> Case:
    person = pia(place)
    with bound_to(place):
        User.objects.filter(pk=person.pk).update(is_active=False)
    return Case({"pk": str(person.pk)}, dict(WHY))


def with_device(place: Bindable) -> Case:
    person = pia(place)
    with bound_to(place):
        TotpDevice.objects.create(user=person, name="App", key="JBSWY3DPEHPK3PXP", confirmed=True)
    return Case({"pk": str(person.pk)}, dict(WHY))


def given(place: Bindable) -> Case:
    person = pia(place)
    with bound_to(place):
        data: Data = {"role": str(Role.objects.get(code=_another(place)).pk), **TERMS}
    return Case({"pk": str(person.pk)}, data)


def _another(place: Bindable) -> str:
    return "platform_auditor" if place.place.is_catalog else "purchasing_agent"


def ended(place: Bindable) -> Case:
    person = pia(place)
    with bound_to(place):
        return Case({"pk": str(person.pk), "assignment_pk": str(person.assignments.get().pk)}, dict(WHY))


def invitation(place: Bindable) -> Case:
    with bound_to(place):
        role = str(smallest(place).pk)
    return Case({}, {"name": "Nina Quill", "email": "nina@example.com", "roles": [role], **TERMS})


def policy(_place: Bindable) -> Case:
    data: Data = {"preset": "nist", "idle_minutes": 30, "absolute_hours": 8, "lock_minutes": 10, "version": 1}
    return Case({}, data)


def review(data: Data | None = None, *, changes: bool = True, decided: bool = False) -> Make:
    def make(place: Bindable) -> Case:
        person = pia(place)
        with bound_to(place):
            made = campaigns.start("Autumn", campaigns.latest_due(), olga(place))
            if decided:
                made.items.update(decision=ReviewItem.Decision.KEEP, decided_at=timezone.now())
            item = made.items.get(assignment__user=person)
        filled = None if data is None else {key.replace("d-", f"d{item.pk.hex}-"): data[key] for key in data}
        return Case({"pk": str(made.pk), "item": str(item.pk)}, filled, changes)

    return make


def history(table: str) -> Make:
    return lambda place: Case({"table": table, "pk": str(pia(place).pk)})


def role_history(place: Bindable) -> Case:
    with bound_to(place):
        return Case({"table": "accounts_role", "pk": str(smallest(place).pk)})


def request(place: Bindable) -> Case:
    request_id, somebody = str(new_id()), pia(place)
    with bound_to(place), acting("anonymous", request=request_id):
        record("accounts.signed_in", "refused", subject="accounts_user", object_id=somebody.pk, name="Pia")
    return Case({"request_id": request_id})


def support(state: str) -> Make:
    def make(place: Bindable) -> Case:
        with bound_to(place):
            asked = SupportGrant.objects.create(
                operator_id=new_id(), operator_name="Oscar", reason="Look", minutes=30, state=state
            )
        return Case({"pk": str(asked.pk)}, {})

    return make


def recovery(place: Bindable) -> Case:
    due = timezone.now() + timedelta(days=1)
    with bound_to(place):
        waiting = OwnerRecovery.objects.create(
            owner=pia(place), proof="A letter", asked_by="Oscar", approved_by="Olga", due_at=due
        )
    return Case({"pk": str(waiting.pk)}, {})


def at_acme(data: Data) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            return Case({"pk": str(Tenant.objects.get(slug="acme").pk)}, data)

    return make


def visit(data: Data | None = None, *, by_olga: bool = False, **state: object) -> Make:
    def make(place: Bindable) -> Case:
        asks = olga(place) if by_olga else pia(place)
        with bound_to(CATALOG):
            acme = Tenant.objects.get(slug="acme")
            made = BreakGlass.objects.create(tenant=acme, operator=asks, reason="Look", **state)
        return Case({"pk": str(made.pk)}, data)

    return make


def owner_recovery(data: Data | None = None) -> Make:
    def make(place: Bindable) -> Case:
        asks = pia(place)
        with bound_to(CATALOG):
            acme = Tenant.objects.get(slug="acme")
            made = Asked.objects.create(
                tenant=acme, email="o@acme.example", proof="A letter", requested_by=asks
            )
        return Case({"pk": str(made.pk)}, data)

    return make


PEOPLE: dict[str, Make] = {
    "people:person-list": just(),
    "people:invite": invitation,
    "people:export": just({}),
    "people:policy": just(),
    "people:policy-update": policy,
    "people:person-detail": person(),
    "people:person-update": person({"name": "Pia Quill"}),
    "people:person-role-give": given,
    "people:person-role-end": ended,
    "people:person-invite-again": person({}, invited=True),
    "people:person-withdraw": person({}, invited=True),
    "people:person-deactivate": person(dict(WHY)),
    "people:person-reactivate": deactivated,
    "people:person-unlock": person({}, changes=False),
    "people:person-reset-password": person(dict(WHY), changes=False),
    "people:person-reset-factor": with_device,
    "activity:event-list": just(),
    "activity:export": just({"format": "csv"}),
    "activity:request": request,
    "activity:record accounts.user:history": history("accounts_user"),
    "activity:record accounts.role:history": role_history,
    "activity:record accounts.security_policy:history": lambda _place: Case(
        {"table": "accounts_securitypolicy", "pk": "1"}
    ),
    "reviews:review-list": just(),
    "reviews:review-create": just({"name": "Autumn", "due_on": SOON[:8] + "10"}),
    "reviews:review-detail": review(),
    "reviews:review-decide": review({"d-decision": "revoke", "d-reason": "Left"}),
    "reviews:review-complete": review({}, decided=True),
    "reviews:review-cancel": review({}),
    "reviews:review-export": review({"format": "json"}, changes=False),
}
AT_TENANT: dict[str, Make] = {
    "support:grant-list": just(),
    "support:grant-approve": support("requested"),
    "support:grant-refuse": support("requested"),
    "support:grant-end": support("open"),
    "support:recovery-cancel": recovery,
}
AT_OPERATORS: dict[str, Make] = {
    "visits:visit-list": just(),
    "visits:visit-create": at_acme({"minutes": 30, **WHY}),
    "visits:visit-detail": visit(),
    "visits:visit-approve": visit({}, second_may_approve=True),
    "visits:visit-ticket": visit({}, by_olga=True, state="approved"),
    "visits:visit-withdraw": visit({}, by_olga=True),
    "visits:visit-revoke": visit({}),
    "recoveries:recovery-list": just(),
    "recoveries:recovery-create": at_acme({"email": "alice@acme.example", "proof": "A letter"}),
    "recoveries:recovery-detail": owner_recovery(),
    "recoveries:recovery-approve": owner_recovery({}),
    "recoveries:recovery-cancel": owner_recovery({}),
}
