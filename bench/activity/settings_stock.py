"""Stock Django, with the library of ACTIVITY_SIDE as its documentation sets it up."""

import os

from psycopg.conninfo import conninfo_to_dict

ACTIVITY_SIDE = os.environ["ACTIVITY_SIDE"]
LIBRARIES = {
    "django-auditlog": ["auditlog"],
    "django-simple-history": ["simple_history"],
    "django-pghistory": ["pgtrigger", "pghistory"],
    "django-pghistory, by statement": ["pgtrigger", "pghistory"],
}

_url = conninfo_to_dict(os.environ["AMANA_PROVISIONER_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["STOCK_DATABASE"],
        "USER": _url["user"],
        "PASSWORD": _url["password"],
        "HOST": _url["host"],
        "PORT": _url["port"],
        "CONN_MAX_AGE": None,
    }
}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    *LIBRARIES.get(ACTIVITY_SIDE, []),
    "bench.activity.labelled.MeasuredConfig",
]
MIGRATION_MODULES = {"measured": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "bench"  # noqa: S105 - nothing is signed here
USE_TZ = True
