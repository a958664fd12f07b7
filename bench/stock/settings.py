"""Stock settings of django-tenants over the same apps."""

import os

from psycopg.conninfo import conninfo_to_dict

_url = conninfo_to_dict(os.environ["AMANA_PROVISIONER_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": os.environ["STOCK_DATABASE"],
        "USER": _url["user"],
        "PASSWORD": _url["password"],
        "HOST": _url["host"],
        "PORT": _url["port"],
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
SHARED_APPS = ["django_tenants", "bench.stock"]
TENANT_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "accounts", "business.contacts"]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "stock.Client"
TENANT_DOMAIN_MODEL = "stock.Domain"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "bench"  # noqa: S105 - nothing is signed here
LANGUAGES = [("en", "English"), ("ar", "العربية"), ("zh-hans", "简体中文")]
USE_TZ = True
