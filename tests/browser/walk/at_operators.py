"""The operator site: what stands for its arguments, and where no plain route leads."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from interface.styleguide import SECTIONS
from interface.styleguide.refusals import NAMES
from tenants.binding import CATALOG
from tests.browser.walk.acting import giving_the_password, posting_to
from tests.browser.walk.archived import archived_at
from tests.browser.walk.copies import copies_at
from tests.browser.walk.drills import drills_at_operators
from tests.browser.walk.restores import restores_at_operators
from tests.browser.walk.routes import visits_of_routes
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
from tests.browser.walk.support import support_at_operators
from tests.browser.walk.visit import Visit
from tests.browser.walk.world import NEWCOMER, World, reader

URLCONF = settings.OPERATOR_URLCONF
HOST = settings.AMANA_OPERATOR_HOST


def samples(world: World) -> Samples:
    tenants, operations = in_each_state(world.tenants), in_each_state(world.operations)
    jobs, copies = in_each_state(world.jobs_of_operators), copies_at(world.acme)
    return {
        **copies,
        "tenant": tenants[:1],
        "rotate": tenants[:1],
        "tenant-detail": tenants,
        "operation": operations[:1],
        "operation-detail": operations,
        "job": jobs[:1],
        "job-detail": jobs,
        "job-file": [Sample(jobs[0].arguments, "none", 404)],
        "record": [
            *history_of("accounts_user", world.new_operator.pk),
            *history_of("accounts_role", *world.roles_of_operators.values()),
            *history_of("accounts_securitypolicy", 1),
            *copies["record"],
        ],
        "request": request_at(CATALOG, "accounts_user", world.new_operator.pk),
        **review_at(CATALOG, world.new_operator),
        "role": in_each_state(world.roles_of_operators)[:1],
        "role-detail": in_each_state(world.roles_of_operators),
        "rights": [Sample({"pk": str(world.new_operator.pk)})],
        **people_at(CATALOG, world.new_operator),
        "set-password": links_for(CATALOG, world.new_operator),
        **visits_for(CATALOG, world.new_operator),
        **drills_at_operators(world.acme),
        **support_at_operators(world.acme, world.new_operator),
        **restores_at_operators(world.acme),
        **archived_at(world.acme),
        "styleguide-section": [Sample({"slug": section.slug}, section.slug) for section in SECTIONS],
        "styleguide-error": [Sample({"name": name}, name) for name in NAMES],
    }


def visits(world: World) -> Iterator[Visit]:
    yield from visits_of_routes(URLCONF, HOST, samples(world))
    tenants = _path("console:tenant-list")
    yield Visit("tenants, suspended", HOST, f"{tenants}?state=suspended")
    resume = posting_to(_path("console:tenant-resume", world.acme.pk))
    yield Visit("a tenant that isn't resumed", HOST, tenants, 409, then=resume)
    retry = posting_to(_path("console:operation-retry", world.operations["done"]))
    yield Visit("an operation that isn't retried", HOST, tenants, 409, then=retry)
    yield from _copies(world)
    yield Visit("nowhere", HOST, "/nowhere/", 404)
    yield from _half_in(world)
    yield Visit("an unknown host", f"nobody.{HOST}", "/", 404, is_open=True)


def _copies(world: World) -> Iterator[Visit]:
    fleet, [copy] = _path("backups:fleet"), copies_at(world.acme)["copy"]
    yield Visit("copies, narrowed", HOST, f"{fleet}?state=none&state-op=not")
    yield Visit("copies, no match", HOST, f"{fleet}?q=zzzz")
    yield Visit("a copy's tables", HOST, f"{_path('backups:copy-detail', copy.arguments['pk'])}?q=contact")
    take = posting_to(_path("backups:tenant-take", world.tenants["being set up"]))
    yield Visit("a copy that can't be taken", HOST, fleet, 409, then=take)


def _half_in(world: World) -> Iterator[Visit]:
    """After the password, before the factor. Codes are made last: no other page opens until they are saved."""
    host, sign_in = HOST, _path("accounts:sign-in")
    sam, recovery = reader("en"), _path("accounts:recovery-code")
    yield Visit("second factor", host, sign_in, is_open=True, then=giving_the_password(sam))
    yield Visit("recovery code", host, sign_in, is_open=True, then=giving_the_password(sam, recovery))
    yield Visit("second factor, to set up", host, sign_in, is_open=True, then=giving_the_password(NEWCOMER))
    codes = _path("accounts:recovery-codes")
    yield Visit("recovery codes, shown", host, codes, then=posting_to(codes))


def _path(name: str, *arguments: object) -> str:
    return reverse(name, URLCONF, arguments)
