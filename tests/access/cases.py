"""For each page its arguments and, where it changes something, a form that does so. Made of real rows, in savepoints.

A page that is in a URL table and not here fails `tests/access/test_every_page.py`, in words.
"""

from datetime import timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Role, Session, User
from accounts.role_content import rows_of
from business.contacts.models import Contact
from interface.models import PolicyViolation
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Operation, Tenant
from tests.access import cases_archive, cases_backups, cases_drills, cases_exports, cases_people
from tests.access.cases_people import Make
from tests.access.pages import Case

TERMS = cases_people.WHY


def _alice(place: Bindable) -> User:
    return User.objects.get(email="oscar@amana.example" if place.place.is_catalog else "alice@acme.example")


def _contact(*, archived: bool = False, data: dict[str, str] | None = None) -> Make:
    def make(place: Bindable) -> Case:
        with bound_to(place):
            contact = Contact(name="Dora Quill")
            contact.create(by=_alice(place))
            if archived:
                contact.archive(by=None)
        return Case({"pk": str(contact.pk)}, data, scoped=True)

    return make


def _history(place: Bindable) -> Case:
    made = _contact()(place)
    return Case({"table": "contacts_contact", **made.arguments})


def _role(*, data: dict[str, object] | None = None, changes: bool = True) -> Make:
    def make(place: Bindable) -> Case:
        with bound_to(place):
            group = Group.objects.create(name="a role of the test")
            group.permissions.set(rows_of(frozenset({"accounts.user:view"})))
            role = Role.objects.create(group=group, name="A role of the test")
        return Case({"pk": str(role.pk)}, data, changes)

    return make


def _session(*, data: dict[str, object] | None = None) -> Make:
    """That one is over isn't in the fingerprint: see tests/visits/test_security_page.py."""

    def make(place: Bindable) -> Case:
        with bound_to(place):
            pia = User.objects.invite("pia@example.com", "Pia")
            now = timezone.now()
            ends = now + timedelta(hours=1)
            session = Session.objects.create(session_key="pia", user=pia, created_at=now, expire_date=ends)
        return Case({"pk": str(pia.pk), "handle": str(session.handle)}, data, changes=False)

    return make


def _tenant(*, suspended: bool = False, data: dict[str, str] | None = None) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            tenant = Tenant.objects.get(slug="acme")
            if suspended:
                tenant.suspend("test", "test")
        return Case({"pk": str(tenant.pk)}, data)

    return make


def _operation(*, failed: bool = False, data: dict[str, str] | None = None) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            operation = Operation.objects.filter(tenant__slug="acme").latest("pk")
            if failed:
                operation.fail("test")
        return Case({"pk": str(operation.pk)}, data)

    return make


def _violation(_place: Bindable) -> Case:
    with bound_to(CATALOG):
        PolicyViolation.objects.create(host="acme.localhost", directive="img-src", blocked="data", page="/")
    return Case({}, {})


NAMED = {"kind": "person", "name": "Dora Quill", "version": "1"}
BOTH: dict[str, Make] = {
    **cases_people.PEOPLE,
    "people:sessions": _session(),
    "people:end-session": _session(data={}),
    "people:end-sessions": _session(data={}),
    "roles:role-list": cases_people.just(),
    "roles:role-create": cases_people.just({"name": "Packers", "purpose": "Pack"}),
    "roles:matrix": cases_people.just(),
    "roles:matrix-export": cases_people.just({}, changes=False),
    "roles:explain": cases_people.just(),
    "roles:rights": cases_people.person(),
    "roles:role-detail": _role(),
    "roles:role-clone": _role(data={"name": "Packers", "purpose": "Pack"}),
    "roles:role-update": _role(data={}, changes=False),
    "roles:role-review": _role(data={"codes": ["accounts.role:view"], "version": "1"}, changes=False),
    "roles:role-change": _role(data={"codes": ["accounts.role:view"], "version": "1", **TERMS}),
    "roles:role-seen": _role(data={}),
    "roles:role-delete": _role(data={}),
}
AT_TENANT: dict[str, Make] = {
    **BOTH,
    **cases_people.AT_TENANT,
    **cases_backups.AT_TENANT,
    **cases_exports.AT_TENANT,
    "activity:record contacts.contact:history": _history,
    "contacts:contact-list": cases_people.just(),
    "contacts:contact-detail": _contact(),
    "contacts:contact-create": cases_people.just({"kind": "person", "name": "Dora Quill", "version": "1"}),
    "contacts:contact-update": _contact(data=NAMED),
    "contacts:contact-archive": _contact(data={}),
    "contacts:contact-restore": _contact(archived=True, data={}),
    "contacts:contact-export": cases_people.just({}),
}
AT_OPERATORS: dict[str, Make] = {
    **BOTH,
    **cases_people.AT_OPERATORS,
    **cases_archive.AT_OPERATORS,
    **cases_backups.AT_OPERATORS,
    **cases_drills.AT_OPERATORS,
    **cases_exports.AT_OPERATORS,
    "console:tenant-list": cases_people.just(),
    "console:tenant-create": cases_people.just(
        {
            "name": "Umbrella",
            "slug": "umbrella",
            "language": "en",
            "owner_name": "Ulla",
            "owner_email": "u@u.example",
        }
    ),
    "console:tenant-detail": _tenant(),
    "console:tenant-suspend": _tenant(data=TERMS),
    "console:tenant-resume": _tenant(suspended=True, data={}),
    "console:tenant-leave": _tenant(data=TERMS),
    "console:tenant-language": _tenant(data={"language": "ar"}),
    "console:tenant-close": _tenant(data={"typed": "acme"}),
    "console:operation-detail": _operation(),
    "console:operation-progress": _operation(),
    "console:operation-retry": _operation(failed=True, data={}),
    "recovery-keys:key-list": cases_people.just(),
    "recovery-keys:check": cases_people.just({}),
    "recovery-keys:rewrap": cases_people.just({}),
    "recovery-keys:rotate-catalogs": cases_people.just({}),
    "recovery-keys:rotate": _tenant(data={}),
    "interface:violation-list": cases_people.just(),
    "interface:violation-forget": _violation,
}
