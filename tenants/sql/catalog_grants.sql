-- Run as catalog_owner after every migrate. The application reads and writes every table of the catalog, but only
-- reads what migrations write: their own record, content types, permissions. To the anchors of activity logs it may
-- add, and change or delete none.
-- Exact: what amana_catalog or PUBLIC holds beside this is taken away. Most runs find
-- nothing that differs and write nothing.

DO $$
DECLARE
    reader CONSTANT text[] := ARRAY['SELECT'];
    writer CONSTANT text[] := ARRAY['DELETE', 'INSERT', 'SELECT', 'UPDATE'];
    adder CONSTANT text[] := ARRAY['INSERT', 'SELECT'];
    counter CONSTANT text[] := ARRAY['SELECT', 'USAGE'];
    read_only CONSTANT name[] := ARRAY['django_migrations', 'django_content_type', 'auth_permission'];
    add_only CONSTANT name[] := ARRAY['audit_anchor'];
    thing record;
BEGIN
    FOR thing IN
        SELECT *
        FROM (
            SELECT rel.oid::regclass AS name,
                   CASE rel.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
                   CASE
                       WHEN rel.relkind <> 'S' AND rel.relname = ANY (read_only) THEN reader
                       WHEN rel.relkind <> 'S' AND rel.relname = ANY (add_only) THEN adder
                       WHEN rel.relkind <> 'S' THEN writer
                       WHEN of.relname = ANY (read_only) THEN reader
                       ELSE counter
                   END AS due,
                   ARRAY(SELECT acl.privilege_type || CASE WHEN acl.is_grantable THEN '*' ELSE '' END
                         FROM aclexplode(rel.relacl) AS acl
                         WHERE acl.grantee = 'amana_catalog'::regrole ORDER BY 1) AS held,
                   EXISTS (SELECT FROM aclexplode(rel.relacl) AS acl WHERE acl.grantee = 0)
                   OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel.oid AND attacl IS NOT NULL) AS more
            FROM pg_class AS rel
            LEFT JOIN pg_depend AS link ON rel.relkind = 'S' AND link.deptype IN ('a', 'i')
                AND link.classid = 'pg_class'::regclass AND link.objid = rel.oid
                AND link.refclassid = 'pg_class'::regclass
            LEFT JOIN pg_class AS of ON of.oid = link.refobjid
            WHERE rel.relnamespace = 'public'::regnamespace AND rel.relowner = 'catalog_owner'::regrole
              AND rel.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        ) AS things
        WHERE held <> due OR more
        ORDER BY name::text
    LOOP
        EXECUTE format('REVOKE ALL ON %s %s FROM PUBLIC, amana_catalog', thing.kind, thing.name);
        EXECUTE format('GRANT %s ON %s %s TO amana_catalog',
                       array_to_string(thing.due, ', '), thing.kind, thing.name);
    END LOOP;
END
$$;
