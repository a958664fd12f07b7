"""The same product on stock, single-database Django: what `warm_request.py` compares with."""

import os

from config.settings import *  # noqa: F403
from config.settings import ENVIRONMENT, INSTALLED_APPS, MIDDLEWARE, STORAGES
from tenants.places import from_url

SECRET_KEY = ENVIRONMENT.secret_key
DATABASES = {
    "default": {
        **from_url(os.environ["AMANA_SUPERUSER_URL"]),
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "bench_plain",
        "CONN_MAX_AGE": None,
    }
}
DATABASE_ROUTERS: list[str] = []
INSTALLED_APPS = [
    *(app for app in INSTALLED_APPS if app not in {"tenants", "console", "config"}),
    "django.contrib.sessions",
]
MIDDLEWARE = [
    "plain_site.SiteMiddleware" if each == "tenants.middleware.TenantMiddleware" else each
    for each in MIDDLEWARE
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {**STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
ROOT_URLCONF = "plain_site"
