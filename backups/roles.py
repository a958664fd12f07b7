"""The roles that a full restore wants to find: names only, no password."""

from tenants.places import Place

CREATE = """SELECT 'CREATE ROLE %(role)s NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%(role)s') \\gexec"""


def roles_script(place: Place) -> str:
    """SQL for psql, safe to run twice; `pg_restore --no-owner --no-acl` does without it."""
    owners = (
        ["catalog_owner", "amana_catalog"]
        if place.is_catalog
        else ["tenant_owner", "tenant_runtime", place.role]
    )
    names = sorted({*owners, "audit_owner", "amana_backup", "amana_sealer"})
    lines = [CREATE % {"role": name} for name in names]
    return "\n".join(["-- Roles that the dump beside this file names as owners or in grants.", *lines, ""])
