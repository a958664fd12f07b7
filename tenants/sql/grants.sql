-- Run as tenant_owner after every migrate. A tenant's role reads and writes every table of public, but only reads
-- what migrations write: their own record, content types, permissions.
-- Exact: what tenant_runtime or PUBLIC holds beside this is taken away. Most runs find
-- nothing that differs and write nothing.

DO $$
DECLARE
    reader CONSTANT text[] := ARRAY['SELECT'];
    writer CONSTANT text[] := ARRAY['DELETE', 'INSERT', 'SELECT', 'UPDATE'];
    counter CONSTANT text[] := ARRAY['SELECT', 'USAGE'];
    read_only CONSTANT name[] := ARRAY['django_migrations', 'django_content_type', 'auth_permission'];
    thing record;
BEGIN
    FOR thing IN
        SELECT *
        FROM (
            SELECT rel.oid::regclass AS name,
                   CASE rel.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
                   CASE
                       WHEN rel.relkind <> 'S' AND rel.relname = ANY (read_only) THEN reader
                       WHEN rel.relkind <> 'S' THEN writer
                       WHEN of.relname = ANY (read_only) THEN reader
                       ELSE counter
                   END AS due,
                   ARRAY(SELECT acl.privilege_type || CASE WHEN acl.is_grantable THEN '*' ELSE '' END
                         FROM aclexplode(rel.relacl) AS acl
                         WHERE acl.grantee = 'tenant_runtime'::regrole ORDER BY 1) AS held,
                   EXISTS (SELECT FROM aclexplode(rel.relacl) AS acl WHERE acl.grantee = 0)
                   OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel.oid AND attacl IS NOT NULL) AS more
            FROM pg_class AS rel
            LEFT JOIN pg_depend AS link ON rel.relkind = 'S' AND link.deptype IN ('a', 'i')
                AND link.classid = 'pg_class'::regclass AND link.objid = rel.oid
                AND link.refclassid = 'pg_class'::regclass
            LEFT JOIN pg_class AS of ON of.oid = link.refobjid
            WHERE rel.relnamespace = 'public'::regnamespace AND rel.relowner = 'tenant_owner'::regrole
              AND rel.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        ) AS things
        WHERE held <> due OR more
        ORDER BY name::text
    LOOP
        EXECUTE format('REVOKE ALL ON %s %s FROM PUBLIC, tenant_runtime', thing.kind, thing.name);
        EXECUTE format('GRANT %s ON %s %s TO tenant_runtime',
                       array_to_string(thing.due, ', '), thing.kind, thing.name);
    END LOOP;
END
$$;
