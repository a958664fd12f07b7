"""Where a tenant lives: one value, so that a move is one update of the catalog."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

BACKEND = "tenants.backend"


@dataclass(frozen=True)
class Place:
    """One database as one role sees it. `alias` = database = role, except for the owner's view of it.

    `log`: what the chain of its activity log is called, where that began in another database: a restored one's.
    """

    alias: str
    database: str
    role: str
    host: str = ""
    port: str = ""
    tenant_id: UUID | None = None
    era: int = 1
    generation: int = 1
    purpose: str = "tenant"
    log: str = ""

    @property
    def chain(self) -> str:
        """The name of its activity log's chain of seals, which outlives the database that it began in."""
        return self.log or self.database

    @property
    def place(self) -> "Place":
        return self

    @property
    def is_catalog(self) -> bool:
        return self.alias == "catalog"

    @property
    def schema_name(self) -> str:
        """django-tenants' word for what is bound; the catalog is its "public" schema."""
        return "public" if self.is_catalog else self.database


CATALOG = Place(alias="catalog", database="catalog", role="amana_catalog")


@dataclass(frozen=True)
class OwnerPlace(Place):
    """A database as its owner sees it: the provisioner's login, then SET ROLE. For migrations only."""

    owner: str = "tenant_owner"


@dataclass(frozen=True)
class DrillPlace(Place):
    """A copy restored into `scratch`, as the drill worker alone sees it. Of the catalog's copy, a catalog."""

    @property
    def is_catalog(self) -> bool:
        return self.alias == SCRATCH_OF_CATALOG


SCRATCH, SCRATCH_OF_CATALOG = "scratch", "scratch-of-catalog"


def drill_place(tenant_id: UUID | None, era: int) -> DrillPlace:
    """Where a drill restores that tenant's copy, or (None) the catalog's. Raises DrillerMissing at use elsewhere."""
    alias = SCRATCH if tenant_id else SCRATCH_OF_CATALOG
    return DrillPlace(alias=alias, database=SCRATCH, role="", tenant_id=tenant_id, era=era, purpose="drill")


def owner_place(database: str, host: str = "", port: str = "") -> OwnerPlace:
    """The migrating view of `database`. Raises ImproperlyConfigured at use without AMANA_PROVISIONER_URL."""
    owner = "catalog_owner" if database == CATALOG.database else "tenant_owner"
    return OwnerPlace(
        alias=f"owner-of-{database}", database=database, role="", host=host, port=port, owner=owner
    )


def role_password(role: str, generation: int) -> str:
    """A tenant role's password, derived so that none is stored: HMAC-SHA-256(AMANA_ROLE_SECRET, role, generation)."""
    message = f"{role}:{generation}".encode()
    digest = hmac.new(settings.AMANA_ROLE_SECRET.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def database_settings(place: Place) -> dict[str, Any]:
    """Django's settings of the connection to `place`."""
    if isinstance(place, DrillPlace):
        return from_url(drill_url())
    if place.is_catalog:
        return from_url(settings.AMANA_DATABASE_URL)
    if isinstance(place, OwnerPlace):
        return _owners_settings(place)
    server = from_url(settings.AMANA_DATABASE_URL)
    return {
        **server,
        "NAME": place.database,
        "USER": place.role,
        "PASSWORD": role_password(place.role, place.generation),
        "HOST": place.host or server["HOST"],
        "PORT": place.port or server["PORT"],
    }


def _owners_settings(place: OwnerPlace) -> dict[str, Any]:
    provisioner = from_url(provisioner_url())
    options = {
        **provisioner["OPTIONS"],
        "assume_role": place.owner,
        "options": f"-c lock_timeout={settings.AMANA_MIGRATION_LOCK_TIMEOUT}",
    }
    return {
        **provisioner,
        "NAME": place.database,
        "HOST": place.host or provisioner["HOST"],
        "PORT": place.port or provisioner["PORT"],
        "OPTIONS": options,
    }


def provisioner_url() -> str:
    """The provisioner's URL. Raises ProvisionerMissing in every process but its holder."""
    if not settings.AMANA_PROVISIONER_URL:
        raise ProvisionerMissing
    return str(settings.AMANA_PROVISIONER_URL)


def drill_url() -> str:
    """amana_drill's URL. Raises DrillerMissing in every process but its holder."""
    if not settings.AMANA_DRILL_URL:
        raise DrillerMissing
    return str(settings.AMANA_DRILL_URL)


class DrillerMissing(Exception):
    """This process can't reach `scratch`: nothing that lies there is ever served."""

    def __str__(self) -> str:
        return "This process doesn't hold AMANA_DRILL_URL; the drill worker does."


class ProvisionerMissing(Exception):
    """This process doesn't hold the provisioner's credential: hand the work to the queue `control`."""

    def __str__(self) -> str:
        return "This process doesn't hold the provisioner's credential; the control worker does."


@cache
def _parts_of(url: str) -> dict[str, Any]:
    """Read once: each request asks for its tenant's settings."""
    return dict(conninfo_to_dict(url))


def from_url(url: str) -> dict[str, Any]:
    """Django's settings from a PostgreSQL URL (RFC 3986, libpq's reading of it)."""
    parts = _parts_of(url)
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    options = {key: value for key, value in parts.items() if key not in named.values()}
    return {
        "ENGINE": BACKEND,
        **{setting: str(parts.get(key) or "") for setting, key in named.items()},
        "OPTIONS": options,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
