"""Tenants, people and things that the walk comes by, really committed; made once, closed at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from accounts.background import EXPORT_PEOPLE
from accounts.models import Assignment, Counted, Review, Role, User
from accounts.roles.changing import create_role
from backups.models import Backup, Restore
from business.contacts.background import EXPORT
from business.contacts.models import Contact
from console import models as console
from jobs.models import Job
from jobs.running import TOO_LONG, carry_out
from jobs.starting import start
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Operation, Tenant
from tenants.provisioning import request_tenant
from tests.browser.people import person_at
from tests.support import fleet

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
NEWCOMER = "nia@example.com"  # has a password, and no second factor yet
LONG_NAME = "Überseehandelsgesellschaft Hinterzartener Gewürzimporteure mbH & Co. Kommanditgesellschaft"


def reader(language: str) -> str:
    """The address of who reads in that language, wherever they are."""
    return f"sam.{language}@example.com"


@dataclass(frozen=True)
class World:
    """Things are kept by the state they are in; the first is the plain one. `fresh` is a tenant with nothing in it."""

    acme: Tenant
    fresh: Tenant
    suspended: Tenant
    new_at_acme: User
    new_operator: User
    contacts: dict[str, UUID]
    jobs: dict[str, UUID]
    tenants: dict[str, UUID]
    operations: dict[str, UUID]
    jobs_of_operators: dict[str, UUID]
    roles: dict[str, UUID]
    roles_of_operators: dict[str, UUID]

    def forget_what_was_counted(self) -> None:
        """A page that may be asked for so often is asked for in each mode."""
        for place in (CATALOG, self.acme, self.fresh):
            with bound_to(place):
                Counted.objects.all().delete()


@contextmanager
def made() -> Iterator[World]:
    acme, fresh = fleet.provision(name="Acme شركة 公司"), fleet.provision(name=LONG_NAME)
    suspended = fleet.provision(name="Globex")
    waiting, failed = _asked_for("Initech"), _asked_for("Umbrella")
    with bound_to(CATALOG):
        suspended.suspend("operator:oscar", "unpaid")
        failed.fail("could not connect to server: Connection refused")
        done = acme.operations.get()
    new_at_acme, new_operator = _people(acme), _people(CATALOG)
    _people(fresh)
    yield World(
        acme=acme,
        fresh=fresh,
        suspended=suspended,
        new_at_acme=new_at_acme,
        new_operator=new_operator,
        contacts=_contacts(acme),
        jobs=_jobs(acme),
        tenants={"active": acme.pk, "suspended": suspended.pk, "being set up": failed.tenant.pk},
        operations={"done": done.pk, "waiting": waiting.pk, "failed": failed.pk},
        jobs_of_operators=_jobs(CATALOG),
        roles=_roles(
            acme, "contacts.contact:view", "accounts.user:assign_role", "accounts.access_review:decide"
        ),
        roles_of_operators=_roles(CATALOG, "platform.tenant:view"),
    )
    for tenant in (acme, fresh, suspended, waiting.tenant, failed.tenant):
        fleet.close(tenant)
    with bound_to(CATALOG):
        for left in (Job, console.BreakGlass, console.OwnerRecovery, Review, Restore, Backup):
            left.objects.all().delete()
        Assignment.objects.filter(role__code="").delete()
        Role.objects.custom().delete()


def _asked_for(name: str) -> Operation:
    """Nobody carries it out."""
    with bound_to(CATALOG):
        return request_tenant(f"x{name.lower()}", name, "en", ("owner@example.com", "Olivia"), "test")


def _people(place: Bindable) -> User:
    """A reader of each language, and somebody who has no password yet."""
    for language in LANGUAGES:
        person_at(place, reader(language), language)
    with bound_to(place):
        fleet.add_user(NEWCOMER, "Nia", "owner" if isinstance(place, Tenant) else "super_admin")
        return User.objects.invite("nadia@example.com", "Nadia")


def _contacts(tenant: Tenant) -> dict[str, UUID]:
    with bound_to(tenant):
        sam = User.objects.get(email=reader("en"))
        company = Contact(kind="company", name="Zanzibar Spice Ltd", city="Leeds", country="GB")
        company.create(by=sam)
        full = {"email": "dora@tea.example", "phone": "+44 7700 900001", "notes": "Calls on Fridays.\n" * 3}
        dora = Contact(name="Dora Quill", company=company, address="1 High Street", language="en", **full)
        gone = Contact(name=LONG_NAME, city="北京", notes="بلا ملاحظات")
        for number in range(60):
            Contact(name=f"نورة {number:02}", company=company, phone="+966 50 000 0000").create(by=sam)
        dora.create(by=sam)
        gone.create(by=sam)
        gone.archive(by=sam)
        return {"person": dora.pk, "company": company.pk, "archived": gone.pk}


def _jobs(place: Bindable) -> dict[str, UUID]:
    """At operators nobody carries an export out: it only stands there."""
    with bound_to(place):
        sam = User.objects.get(email=reader("en"))
        kind = EXPORT if isinstance(place, Tenant) else EXPORT_PEOPLE
        done, waiting, running, failed, cancelled = (start(kind.name, sam, query={}) for _ in range(5))
        running.state, running.done, running.total = Job.State.RUNNING, 3, 10
        running.save()
        failed.end(Job.State.FAILED, TOO_LONG, minutes=30)
        failed.save()
        cancelled.cancel()
    if isinstance(place, Tenant):
        carry_out(place, done.pk)
        with bound_to(place):
            done.refresh_from_db()
            assert done.has_file, done.error
    return {
        "done": done.pk,
        "waiting": waiting.pk,
        "running": running.pk,
        "failed": failed.pk,
        "cancelled": cancelled.pk,
    }


def _roles(place: Bindable, *codes: str) -> dict[str, UUID]:
    """One of their own, to which something has come since, and the one that may do everything."""
    with bound_to(place):
        sam = User.objects.get(email=reader("en"))
        role = create_role("Front desk, مكتب الاستقبال", LONG_NAME, by=sam, codes=frozenset(codes))
        role.offered = role.offered[1:]
        role.save()
        everything = Role.objects.get(code__in=("owner", "super_admin"))
        return {"custom": role.pk, "built-in": everything.pk}
