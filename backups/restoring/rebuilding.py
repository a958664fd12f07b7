"""The catalog's tenants and copies, found again in the signed manifests and in what the databases say of themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop
from psycopg import Error

from backups.keeping.claiming import SPARED, claim
from backups.keeping.hold_notes import HoldNote
from backups.keeping.holding import hold_as_noted
from backups.manifests import Manifest
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tenants.exceptions import WrongDatabase
from tenants.identity import Identity, is_signed, read_identity
from tenants.models import Domain, Server, Tenant, TenantState
from tenants.places import Place
from tenants.provisioner import owner_of, provisioner
from tenants.walls import set_role

DATABASES = "SELECT datname FROM pg_database WHERE datname ~ '^t_[a-z0-9]{16}$' ORDER BY 1"


@dataclass
class Found:
    """What was put back, and what a person must look at. Copies that were noted don't end before `spared_until`."""

    spared_until: datetime
    tenants: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    closed_since: list[str] = field(default_factory=list)
    copies: int = 0
    held: int = 0
    without_manifest: list[str] = field(default_factory=list)
    without_database: list[str] = field(default_factory=list)


def rebuild(manifests: Iterable[Manifest], holds: Mapping[UUID, HoldNote]) -> Found:
    """Whatever of it isn't there yet, unbound. A tenant comes back suspended: resume each once you have looked.

    What is lost with a row (that it was verified, drilled or damaged) is found out anew while the copies are spared.
    """
    found = Found(time_of_catalog() + SPARED)
    signed, closed = _signed_databases(), {note.tenant for note in holds.values() if note.is_closed}
    of_tenants = [manifest for manifest in manifests if manifest["tenant"]]
    newest = {manifest["tenant"]: manifest for manifest in of_tenants}  # the last of each: they come in order
    for manifest in newest.values():
        said = signed.get(manifest["database"])
        if said and str(said.tenant) == manifest["tenant"]:
            if _put_back(manifest, said):
                found.tenants.append(manifest["slug"])
        elif _is_closed(manifest):
            continue
        elif UUID(manifest["tenant"]) in closed:
            (found.closed if _put_back_closed(manifest) else found.closed_since).append(manifest["slug"])
        else:
            found.without_database.append(f"{manifest['slug']} ({manifest['database']})")
    found.copies = sum(_note(manifest, found.spared_until) for manifest in manifests)
    found.held = hold_as_noted(holds.values())
    known = {manifest["database"] for manifest in newest.values()} | _known()
    found.without_manifest = [name for name in _databases() if name not in known]
    return found


def _databases() -> list[str]:
    with provisioner() as connection:
        return [name for (name,) in connection.execute(DATABASES).fetchall()]


def _known() -> set[str]:
    with bound_to(CATALOG):
        return {*Tenant.objects.not_closed().values_list("schema_name", flat=True)}


def _signed_databases() -> dict[str, Identity]:
    """Those whose identity row was signed by us for the database that it stands in."""
    found = {}
    for name in _databases():
        try:
            with owner_of(Place(alias=name, database=name, role="")) as connection:
                identity, signature = read_identity(connection)
        except (Error, WrongDatabase):
            continue
        if identity and identity.database == name and is_signed(identity, signature):
            found[name] = identity
    return found


def _put_back(manifest: Manifest, said: Identity) -> bool:
    """The era is the database's own word: a copy may be older than a restore. False where it is right already."""
    with bound_to(CATALOG), transaction.atomic():
        tenant = Tenant.objects.select_related("server").filter(pk=said.tenant).first()
        if tenant and (tenant.schema_name, tenant.era) == (said.database, said.era):
            return False
        if tenant and (tenant.is_ending or tenant.era > said.era):
            return False
        tenant = tenant or _new(manifest)
        tenant.schema_name, tenant.era = said.database, said.era
        tenant.password_generation = max(tenant.password_generation, int(manifest.get("generation", 1)))
        tenant.log_name = _log_of(manifest)
        tenant.save()
        Domain.objects.get_or_create(domain=tenant.primary_host, defaults={"tenant": tenant})
        tenant.note(gettext_noop("found again"), "command", reason="The catalog was lost")
        place = tenant.place
    set_role(place)
    return True


def _put_back_closed(manifest: Manifest) -> bool:
    """A copy of it is on hold: that and its keys belong to it. False where the catalog knows it, as not closed yet."""
    with bound_to(CATALOG), transaction.atomic():
        if Tenant.objects.filter(pk=manifest["tenant"]).exists():
            return False
        tenant = _new(manifest, TenantState.CLOSED)
        tenant.schema_name, tenant.era = manifest["database"], int(manifest.get("era", 1))
        tenant.log_name = _log_of(manifest)
        tenant.save()
        tenant.note(gettext_noop("found again"), "command", reason="The catalog was lost")
    return True


def _is_closed(manifest: Manifest) -> bool:
    with bound_to(CATALOG):
        return Tenant.objects.filter(pk=manifest["tenant"], state=TenantState.CLOSED).exists()


def _new(manifest: Manifest, state: TenantState = TenantState.SUSPENDED) -> Tenant:
    server, _made = Server.objects.get_or_create(name="primary")
    slug = manifest["slug"]
    return Tenant(id=manifest["tenant"], slug=slug, name=slug, state=state, server=server)


def _log_of(manifest: Manifest) -> str:
    chain = str(manifest.get("chain", ""))
    return "" if chain == manifest["database"] else chain


def _note(manifest: Manifest, spared_until: datetime) -> bool:
    with bound_to(CATALOG), transaction.atomic():
        return claim(manifest, spared_until)
