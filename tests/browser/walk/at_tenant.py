"""A tenant's site: what stands for its arguments, and where no plain route leads."""

from collections.abc import Iterator

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from tenants.binding import bound_to
from tenants.files import SALT
from tenants.models import Tenant
from tests.browser.walk.acting import (
    giving_the_password,
    post_too_much,
    post_without_token,
    posting_to,
    save_over_a_newer_version,
)
from tests.browser.walk.copies import copies_at
from tests.browser.walk.exports import exports_at
from tests.browser.walk.routes import visits_of_lists, visits_of_routes
from tests.browser.walk.samples import (
    Sample,
    Samples,
    history_of,
    in_each_state,
    links_for,
    people_at,
    request_at,
    review_at,
    visits_for,
)
from tests.browser.walk.support import support_at
from tests.browser.walk.visit import Visit
from tests.browser.walk.world import NEWCOMER, World, reader

URLCONF = settings.ROOT_URLCONF


def samples(world: World) -> Samples:
    contacts, jobs = in_each_state(world.contacts), in_each_state(world.jobs)
    return {
        "contact": contacts[:1],
        "contact-detail": contacts,
        "job": jobs[:1],
        "job-detail": jobs,
        "file": [Sample({"token": _file_token(world.acme)})],
        "record": [
            *history_of("contacts_contact", *world.contacts.values()),
            *history_of("accounts_user", world.new_at_acme.pk),
            *history_of("accounts_role", *world.roles.values()),
            *history_of("accounts_securitypolicy", 1),
        ],
        "request": request_at(world.acme, "accounts_user", world.new_at_acme.pk),
        **review_at(world.acme, world.new_at_acme),
        "role": in_each_state(world.roles)[:1],
        "role-detail": in_each_state(world.roles),
        "rights": [Sample({"pk": str(world.new_at_acme.pk)})],
        **people_at(world.acme, world.new_at_acme),
        "set-password": links_for(world.acme, world.new_at_acme),
        **visits_for(world.acme, world.new_at_acme),
        **exports_at(world.acme),
        **support_at(world.acme, world.new_at_acme),
    }


def _file_token(tenant: Tenant) -> str:
    with bound_to(tenant):
        return signing.dumps(default_storage.save("note.txt", ContentFile(b"Salaam")), salt=SALT)


def visits(world: World) -> Iterator[Visit]:
    copies_at(world.acme)
    yield from visits_of_routes(URLCONF, world.acme.primary_host, samples(world))
    yield from _contacts(world)
    yield from _jobs(world)
    yield from _activity(world)
    yield from _roles(world)
    yield from _refusals(world)
    yield from _half_in(world)


def visits_of_a_fresh_one(world: World) -> Iterator[Visit]:
    """Every list, with nothing in it yet."""
    yield from visits_of_lists(URLCONF, world.fresh.primary_host)


def _contacts(world: World) -> Iterator[Visit]:
    host, dora = world.acme.primary_host, world.contacts["person"]
    contacts, edited = _path("contacts:contact-list"), _path("contacts:contact-update", dora)
    yield Visit("contacts, archived", host, f"{contacts}?archived=1")
    yield Visit("contacts, second page", host, f"{contacts}?after={dora}")
    yield Visit("two versions of a contact", host, edited, 409, then=save_over_a_newer_version)
    restore = posting_to(_path("contacts:contact-restore", dora))
    yield Visit("a contact that isn't restored", host, contacts, then=restore)


def _jobs(world: World) -> Iterator[Visit]:
    cancel = posting_to(_path("jobs:job-cancel", world.jobs["done"]))
    jobs = _path("jobs:job-list")
    yield Visit("a job that isn't cancelled", world.acme.primary_host, jobs, 409, then=cancel)


def _activity(world: World) -> Iterator[Visit]:
    host, log = world.acme.primary_host, _path("activity:event-list")
    yield Visit("activity, narrowed", host, f"{log}?who=anonymous&outcome=refused&from=2026-01-01&when=month")
    yield Visit("activity, nothing found", host, f"{log}?until=2020-01-01")
    yield Visit(
        "activity of a contact", host, f"{log}?table=contacts_contact&record={world.contacts['person']}"
    )


def _roles(world: World) -> Iterator[Visit]:
    host, sam = world.acme.primary_host, world.new_at_acme.pk
    custom, owner = world.roles["custom"], world.roles["built-in"]
    matrix, explain = _path("roles:matrix"), _path("roles:explain")
    yield Visit("two roles compared", host, f"{matrix}?role={custom}&role={owner}")
    yield Visit("the matrix, nothing matches", host, f"{matrix}?q=zzzz")
    yield Visit("why not", host, f"{explain}?person={sam}&permission=contacts.contact:archive")
    yield Visit("which record", host, f"{explain}?person={sam}&permission=contacts.contact:view&record=Quill")
    yield Visit("why not what", host, f"{explain}?person={sam}", 422)
    review = posting_to(_path("roles:role-review", custom))
    yield Visit("a role under review", host, matrix, then=review)
    yield Visit("a role that isn't deleted", host, _path("roles:role-delete", owner), 409)


def _refusals(world: World) -> Iterator[Visit]:
    host, sign_in = world.acme.primary_host, _path("accounts:sign-in")
    yield Visit("a form unproved", host, sign_in, 403, is_open=True, then=post_without_token)
    yield Visit("a form too long", host, sign_in, 400, is_open=True, then=post_too_much)
    yield Visit("nowhere", host, "/nowhere/", 404)
    yield Visit("nowhere, signed out", host, "/nowhere/", 404, is_open=True)
    yield Visit("a suspended site", world.suspended.primary_host, "/", 503, is_open=True)


def _half_in(world: World) -> Iterator[Visit]:
    """After the password, before the factor. Codes are made last: no other page opens until they are saved."""
    host, sign_in = world.acme.primary_host, _path("accounts:sign-in")
    sam, recovery = reader("en"), _path("accounts:recovery-code")
    yield Visit("second factor", host, sign_in, is_open=True, then=giving_the_password(sam))
    yield Visit("recovery code", host, sign_in, is_open=True, then=giving_the_password(sam, recovery))
    yield Visit("second factor, to set up", host, sign_in, is_open=True, then=giving_the_password(NEWCOMER))
    codes = _path("accounts:recovery-codes")
    yield Visit("recovery codes, shown", host, codes, then=posting_to(codes))


def _path(name: str, *arguments: object) -> str:
    return reverse(name, URLCONF, arguments)
