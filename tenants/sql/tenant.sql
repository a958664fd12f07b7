-- Run once by the provisioner in a fresh template, as itself or after SET ROLE tenant_owner; ends as tenant_owner.
-- The provisioner owns the database and so may make the schema; tenant_owner can make none.
--
-- amana.identity says whose database this is. One row; runtime may read it and write nothing of it. `signature`
-- (Ed25519) covers tenant, database, era and purpose: a copy, or a catalog row that points elsewhere, is found out at
-- the first connection.

SET ROLE NONE;
CREATE SCHEMA IF NOT EXISTS amana AUTHORIZATION tenant_owner;
SET ROLE tenant_owner;

CREATE TABLE IF NOT EXISTS amana.identity (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    tenant uuid NOT NULL,
    database name NOT NULL,
    era integer NOT NULL CHECK (era > 0),
    purpose text NOT NULL CHECK (purpose <> ''), -- 'tenant', 'drill', …
    signed_at timestamptz NOT NULL,
    signature bytea NOT NULL CHECK (octet_length(signature) = 64)
);

REVOKE ALL ON SCHEMA amana FROM PUBLIC, tenant_runtime;
REVOKE ALL ON amana.identity FROM PUBLIC, tenant_runtime;
GRANT USAGE ON SCHEMA amana TO tenant_runtime;
GRANT SELECT ON amana.identity TO tenant_runtime;
