-- Amana: the roles and the empty databases. What a superuser runs once, and again after every upgrade of Amana.
--
--   { printf "\\set catalog_password '%s'\n" "$CATALOG_PASSWORD"; … ; cat bootstrap.sql; } | psql -X -d postgres
--
-- Takes six psql variables: catalog_password, keys_password, backup_password, sealer_password, drill_password,
-- provisioner_password (16 characters or more, random). Needs PostgreSQL 16 or newer, a real superuser, and a
-- server that serves Amana alone: CONNECT is taken from PUBLIC on postgres and template1 too.
-- Running it again changes nothing that is right and repairs what has drifted. Tenants' own databases and roles are
-- not touched: those are check_isolation's. While it runs (a second) amana_base can't be cloned.
-- What it builds stands as a table in docs/walls.md, and tests/walls tries every cell of it.

\set ON_ERROR_STOP on
\set QUIET on

-- no DO here: who is no superuser may not even use plpgsql
SELECT CASE
           WHEN current_setting('server_version_num')::int < 160000
           -- there, a role with CREATEROLE could grant itself the execution of programs
           THEN 'Amana needs PostgreSQL 16 or newer, this is ' || current_setting('server_version')
           WHEN NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
           THEN 'bootstrap.sql must be run by a superuser, ' || current_user || ' is none'
           WHEN current_database() <> 'postgres'
           THEN 'bootstrap.sql must be run on the database postgres, this is ' || current_database()
       END AS refusal \gset
\if :{?refusal}
    \warn 'refused:' :refusal
    SELECT :'refusal'::integer; -- an error, so that psql ends with 3
\endif

SET client_min_messages = warning;
SET password_encryption = 'scram-sha-256';
-- passwords go past below: keep them out of the server's log
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET log_min_duration_sample = -1;
SET log_transaction_sample_rate = 0;

SELECT CASE
           WHEN least(length(:'catalog_password'), length(:'keys_password'), length(:'backup_password'),
                      length(:'sealer_password'), length(:'drill_password'), length(:'provisioner_password')) < 16
           THEN 'each of the six passwords needs 16 characters or more'
       END AS refusal \gset
\if :{?refusal}
    \warn 'refused:' :refusal
    SELECT :'refusal'::integer;
\endif

-- Roles ---------------------------------------------------------------------------------------------------------

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['tenant_runtime', 'tenant_owner', 'catalog_owner', 'audit_owner',
                  'amana_catalog', 'amana_keys', 'amana_backup', 'amana_sealer', 'amana_drill',
                  'amana_provisioner']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
ORDER BY name \gexec

-- attributes, and settings a role may have given itself
SELECT format('ALTER ROLE %I %s %s INHERIT NOSUPERUSER NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1'
              ' VALID UNTIL ''infinity''',
              rolname,
              CASE WHEN rolname LIKE 'amana\_%' THEN 'LOGIN' ELSE 'NOLOGIN PASSWORD NULL' END,
              CASE rolname WHEN 'amana_provisioner' THEN 'CREATEDB CREATEROLE' ELSE 'NOCREATEDB NOCREATEROLE' END),
       format('ALTER ROLE %I RESET ALL', rolname)
FROM pg_roles
WHERE rolname IN ('tenant_runtime', 'tenant_owner', 'catalog_owner', 'audit_owner', 'amana_catalog', 'amana_keys',
                  'amana_backup', 'amana_sealer', 'amana_drill', 'amana_provisioner')
ORDER BY rolname \gexec

SELECT format('ALTER ROLE %I IN DATABASE %I RESET ALL', rolname, datname)
FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole JOIN pg_database ON pg_database.oid = setdatabase
WHERE rolname IN ('tenant_runtime', 'tenant_owner', 'catalog_owner', 'audit_owner', 'amana_catalog', 'amana_keys',
                  'amana_backup', 'amana_sealer', 'amana_drill', 'amana_provisioner')
ORDER BY rolname, datname \gexec

ALTER ROLE amana_catalog PASSWORD :'catalog_password';
ALTER ROLE amana_keys PASSWORD :'keys_password';
ALTER ROLE amana_backup PASSWORD :'backup_password';
ALTER ROLE amana_sealer PASSWORD :'sealer_password';
ALTER ROLE amana_drill PASSWORD :'drill_password';
ALTER ROLE amana_provisioner PASSWORD :'provisioner_password';

-- Who is a member of whom. The provisioner becomes an owner by SET ROLE, never by accident; it hands tenant_runtime
-- to the roles it creates; and it ends the connections to a database it is about to drop (DROP DATABASE … WITH
-- (FORCE) asks for pg_signal_backend, since some of those connections are amana_backup's).
GRANT tenant_owner, catalog_owner, audit_owner TO amana_provisioner WITH ADMIN FALSE, INHERIT FALSE, SET TRUE;
GRANT tenant_runtime TO amana_provisioner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT pg_signal_backend TO amana_provisioner WITH ADMIN FALSE, INHERIT TRUE, SET FALSE;
GRANT pg_read_all_data TO amana_backup WITH ADMIN FALSE, INHERIT TRUE, SET FALSE;

-- any other membership of these roles, or in them, is drift (tenants' own roles in tenant_runtime stay)
SELECT format('REVOKE %I FROM %I GRANTED BY %I CASCADE', grp.rolname, member.rolname, grantor.rolname)
FROM pg_auth_members
JOIN pg_roles grp ON grp.oid = roleid
JOIN pg_roles member ON member.oid = pg_auth_members.member
JOIN pg_roles grantor ON grantor.oid = pg_auth_members.grantor
WHERE (grp.rolname IN ('tenant_runtime', 'tenant_owner', 'catalog_owner', 'audit_owner', 'amana_catalog',
                       'amana_keys', 'amana_backup', 'amana_sealer', 'amana_drill', 'amana_provisioner')
       OR member.rolname IN ('tenant_runtime', 'tenant_owner', 'catalog_owner', 'audit_owner', 'amana_catalog',
                             'amana_keys', 'amana_backup', 'amana_sealer', 'amana_drill', 'amana_provisioner'))
  AND (grp.rolname, member.rolname, grantor.oid) NOT IN (
      ('tenant_owner', 'amana_provisioner', 10), ('catalog_owner', 'amana_provisioner', 10),
      ('audit_owner', 'amana_provisioner', 10), ('tenant_runtime', 'amana_provisioner', 10),
      ('pg_signal_backend', 'amana_provisioner', 10), ('pg_read_all_data', 'amana_backup', 10))
  AND NOT (grp.rolname = 'tenant_runtime' AND member.rolname ~ '^t_[a-z0-9]{16}$' AND NOT admin_option)
  -- what CREATE ROLE gives its creator: the right to administer the role it made
  AND NOT (grp.rolname ~ '^t_[a-z0-9]{16}$' AND member.rolname = 'amana_provisioner' AND grantor.oid = 10
           AND admin_option AND NOT inherit_option AND NOT set_option)
ORDER BY 1 \gexec

-- Databases -----------------------------------------------------------------------------------------------------
-- Owned by the superuser, so that nobody of ours can drop them; but scratch is the provisioner's, to make anew.

SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING ''UTF8'' ALLOW_CONNECTIONS false', name)
FROM unnest(ARRAY['amana_base', 'catalog', 'keystore', 'scratch']) AS name
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name)
ORDER BY name \gexec

SELECT format('ALTER DATABASE %I OWNER TO %I', datname, rightful.owner)
FROM pg_database
JOIN pg_roles ON pg_roles.oid = datdba
CROSS JOIN LATERAL (SELECT CASE datname WHEN 'scratch' THEN 'amana_provisioner' ELSE current_user END)
    AS rightful (owner)
WHERE datname IN ('amana_base', 'catalog', 'keystore', 'scratch')
  AND CASE datname WHEN 'scratch' THEN rolname <> 'amana_provisioner' ELSE NOT rolsuper END
ORDER BY datname \gexec

-- exactly these rights on databases: everything else goes, PUBLIC's first of all
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname)
FROM pg_database
WHERE datname IN ('amana_base', 'catalog', 'keystore', 'scratch', 'postgres', 'template1')
ORDER BY datname \gexec

SELECT DISTINCT format('REVOKE %s ON DATABASE %I FROM %I CASCADE', privilege_type, datname, grantee.rolname)
FROM pg_database
CROSS JOIN LATERAL aclexplode(datacl) AS acl
JOIN pg_roles grantee ON grantee.oid = acl.grantee
WHERE datname IN ('amana_base', 'catalog', 'keystore', 'scratch', 'postgres', 'template1')
  AND acl.grantee <> datdba
  AND (datname::text, grantee.rolname::text, privilege_type, is_grantable) NOT IN (
      ('catalog', 'amana_catalog', 'CONNECT', false), ('catalog', 'amana_backup', 'CONNECT', false),
      ('catalog', 'amana_sealer', 'CONNECT', false),
      ('catalog', 'amana_provisioner', 'CONNECT', false), ('catalog', 'amana_provisioner', 'CREATE', false),
      ('keystore', 'amana_keys', 'CONNECT', false),
      ('scratch', 'amana_drill', 'CONNECT', false), ('scratch', 'amana_drill', 'CREATE', false),
      ('scratch', 'amana_drill', 'TEMPORARY', false),
      ('postgres', 'amana_provisioner', 'CONNECT', false))
ORDER BY 1 \gexec

GRANT CONNECT ON DATABASE catalog TO amana_catalog, amana_backup, amana_sealer; -- its log is sealed, too
GRANT CONNECT, CREATE ON DATABASE catalog TO amana_provisioner; -- CREATE: for schemas, which it hands to their owners
GRANT CONNECT ON DATABASE keystore TO amana_keys;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE scratch TO amana_drill;
GRANT CONNECT ON DATABASE postgres TO amana_provisioner;

ALTER DATABASE amana_base WITH IS_TEMPLATE true ALLOW_CONNECTIONS true;
ALTER DATABASE catalog WITH IS_TEMPLATE false ALLOW_CONNECTIONS true;
ALTER DATABASE keystore WITH IS_TEMPLATE false ALLOW_CONNECTIONS true;
ALTER DATABASE scratch WITH IS_TEMPLATE false ALLOW_CONNECTIONS true;

-- Inside every database -----------------------------------------------------------------------------------------
-- Stripped from PUBLIC, in the databases here and so in every clone of amana_base (the rights on functions,
-- languages and schemas live inside a database and are cloned with it):
--   * large objects: they belong to no table, so no grant, trigger or log would see them
--   * pg_logical_emit_message: writes into the WAL past every table
--   * plpgsql: DO blocks are of no use to an application; who owns functions gets it back by name
--   * CREATE in the schema public
SELECT $strip$
DO $do$
DECLARE
    revoke text;
BEGIN
    FOR revoke IN
        SELECT DISTINCT format('REVOKE ALL ON FUNCTION %s FROM %s', pg_proc.oid::regprocedure,
                               coalesce(quote_ident(rolname), 'PUBLIC'))
        FROM pg_proc
        CROSS JOIN LATERAL aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
        LEFT JOIN pg_roles ON pg_roles.oid = acl.grantee
        WHERE pronamespace = 'pg_catalog'::regnamespace
          AND (proname ~ '^lo_' OR proname IN ('loread', 'lowrite', 'pg_logical_emit_message'))
          AND acl.grantee <> proowner
    LOOP
        EXECUTE revoke;
    END LOOP;
END
$do$;
REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
$strip$ AS strip \gset

\connect postgres
SET client_min_messages = warning;
:strip

\connect template1
SET client_min_messages = warning;
:strip

-- what every tenant's database is made from
\connect amana_base
SET client_min_messages = warning;
:strip
ALTER SCHEMA public OWNER TO tenant_owner;
GRANT USAGE ON SCHEMA public TO tenant_runtime;
GRANT USAGE ON LANGUAGE plpgsql TO tenant_owner, audit_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE tenant_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tenant_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE tenant_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO tenant_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE tenant_owner, audit_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

\connect catalog
SET client_min_messages = warning;
:strip
ALTER SCHEMA public OWNER TO catalog_owner;
GRANT USAGE ON SCHEMA public TO amana_catalog;
GRANT USAGE ON LANGUAGE plpgsql TO catalog_owner, audit_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO amana_catalog;
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO amana_catalog;
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner, audit_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- the key store makes its own tables: the provisioner has no way in
\connect keystore
SET client_min_messages = warning;
:strip
ALTER SCHEMA public OWNER TO amana_keys;
ALTER DEFAULT PRIVILEGES FOR ROLE amana_keys REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- where restore drills happen
\connect scratch
SET client_min_messages = warning;
:strip
ALTER SCHEMA public OWNER TO amana_drill;
GRANT USAGE ON LANGUAGE plpgsql TO amana_drill;

\connect postgres
ALTER DATABASE amana_base WITH ALLOW_CONNECTIONS false;
