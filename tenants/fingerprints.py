"""What makes two databases of tenants alike: migrations, permissions, triggers, functions and grants, as one hash."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import _get_all_permissions  # type: ignore[attr-defined]
from django.db.migrations.loader import MigrationLoader
from psycopg import Connection

from tenants.schema_steps import schema_steps

SQL = Path(__file__).parent / "sql"
PARTS = {
    "migrations": "SELECT app, name FROM django_migrations ORDER BY 1, 2",
    "permissions": """
        SELECT app_label, model, codename
        FROM auth_permission JOIN django_content_type ON django_content_type.id = content_type_id
        ORDER BY 1, 2, 3""",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2""",
    "grants": """
        SELECT nspname, relname, relkind::text, relowner::regrole::text, relrowsecurity, relforcerowsecurity,
               ARRAY(SELECT unnest(relacl)::text ORDER BY 1)
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname IN ('public', 'amana', 'audit', 'activity_api') AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          AND NOT relispartition
        ORDER BY 1, 2""",
    "policies": """
        SELECT polrelid::regclass::text, polname, polcmd::text, polpermissive, polroles::regrole[]::text,
               pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
        FROM pg_policy ORDER BY 1, 2""",
    "schemas": """
        SELECT nspname, nspowner::regrole::text, ARRAY(SELECT unnest(nspacl)::text ORDER BY 1)
        FROM pg_namespace WHERE nspname IN ('public', 'amana', 'audit', 'activity_api') ORDER BY 1""",
    "functions": """
        SELECT nspname, proname, pg_get_function_identity_arguments(pg_proc.oid), proowner::regrole::text,
               pg_get_functiondef(pg_proc.oid), ARRAY(SELECT unnest(proacl)::text ORDER BY 1)
        FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
        WHERE nspname IN ('public', 'amana', 'audit', 'activity_api') ORDER BY 1, 2, 3""",
}


@cache
def code_fingerprint() -> str:
    """What this code would build: its migrations on disk, its permissions and its SQL. 64 hex digits."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return _digest(
        {
            "level": settings.AMANA_SCHEMA_LEVEL,
            "migrations": sorted(key for key in migrations if key[0] in settings.TENANT_LABELS),
            "permissions": sorted(_permissions()),
            "sql": [(SQL / name).read_text() for name in ("tenant.sql", "grants.sql")],
            "steps": [step.source() for step in schema_steps()],
        }
    )


def database_fingerprint(connection: Connection[Any]) -> str:
    """What a database really holds, read with its owner's eyes. 64 hex digits."""
    return _digest({part: connection.execute(query).fetchall() for part, query in PARTS.items()})


def _permissions() -> list[tuple[str, str]]:
    models = [model for model in apps.get_models() if model._meta.app_label in settings.TENANT_LABELS]
    return [
        (model._meta.label_lower, codename)
        for model in models
        for codename, _ in _get_all_permissions(model._meta)
    ]


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
