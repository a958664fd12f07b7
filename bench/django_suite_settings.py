"""The settings of one run of Django's suite: SUITE_BACKEND says on what, SUITE_PLACES where."""

import json
import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tenants.databases import Databases
from tenants.places import Place, from_url
from tenants.signing import TenantKey

OURS = os.environ["SUITE_BACKEND"] == "amana"
PLACES = [
    Place(alias=each["alias"], database=each["alias"], role=each["alias"], tenant_id=UUID(each["tenant_id"]))
    for each in json.loads(os.environ["SUITE_PLACES"])
]
URLS = json.loads(os.environ["SUITE_URLS"])


def stock(url: str) -> dict[str, Any]:
    """The same connection by Django's own backend and with its own defaults."""
    return {**from_url(url), "ENGINE": "django.db.backends.postgresql", "DISABLE_SERVER_SIDE_CURSORS": False}


class SuiteDatabases(Databases):
    """Ours; but the suite is shown `default` alone, and the second database of its multi-database tests."""

    def __init__(self) -> None:
        super().__init__()
        self["other"] = {**super().__getitem__("default"), **stock(URLS[1])}

    def __contains__(self, alias: object) -> bool:
        return alias == "other" or super().__contains__(alias)

    def __iter__(self) -> Iterator[str]:
        yield from ("default", "other")


class Everything:
    """All of the suite's apps live in the tenant's database."""

    def __contains__(self, label: object) -> bool:
        return True


AMANA_DATABASE_URL = os.environ["AMANA_DATABASE_URL"]
AMANA_ROLE_SECRET = os.environ["AMANA_ROLE_SECRET"]
AMANA_IDENTITY_PUBLIC_KEY = os.environ["AMANA_IDENTITY_PUBLIC_KEY"]
AMANA_TRANSACTION_PREAMBLES: list[str] = []
AMANA_DB_BUDGET, AMANA_DB_PROCESSES, AMANA_DB_CAP_PER_TENANT, AMANA_DB_PATIENCE = 20, 1, 12, 5.0
TENANT_LABELS = CATALOG_LABELS = Everything()

SECRET_KEY: Any = "django_tests_secret_key"  # noqa: S105 - the suite's own
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
DATABASES: Any = {"default": stock(URLS[0]), "other": stock(URLS[1])}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["AMANA_CACHE_URL"],
    }
}
TEST_RUNNER = "django_suite_runner.Runner"

if OURS:
    SECRET_KEY = TenantKey(os.environ["AMANA_SECRET_KEY"])
    DATABASES = SuiteDatabases()
    DATABASE_ROUTERS = ["django_suite_runner.Router"]
    CACHES["default"]["KEY_FUNCTION"] = "tenants.cache.tenant_key"
