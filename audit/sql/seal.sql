-- Run by the provisioner after audit.sql, in the catalog and in every tenant's database. Can be run again.
--
-- What amana_sealer works with: it reads events, adds seals, and calls the few functions below, which are
-- audit_owner's. It may change and delete nothing. The application's roles may do none of it.

SET ROLE audit_owner;

-- A log that was begun with transaction ids of type xid8.
DO $do$
BEGIN
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'audit.event'::regclass AND attname = 'xid'
                                          AND atttypid = 'xid8'::regtype) THEN
        DROP INDEX IF EXISTS audit.event_by_transaction;
        DROP FUNCTION IF EXISTS audit.horizon(xid8);
        ALTER TABLE audit.event
            ALTER COLUMN xid DROP DEFAULT,
            ALTER COLUMN xid TYPE bigint USING xid::text::bigint,
            ALTER COLUMN xid SET DEFAULT pg_current_xact_id()::text::bigint;
        ALTER TABLE audit.seal
            ALTER COLUMN since TYPE bigint USING since::text::bigint,
            ALTER COLUMN until TYPE bigint USING until::text::bigint;
    END IF;
END
$do$;

-- What the sealer looks for stands at the end of the table: a summary of every 32 pages finds it there and costs a
-- write next to nothing, where a b-tree costs it a fifth.
CREATE INDEX IF NOT EXISTS event_by_transaction ON audit.event
    USING brin (xid) WITH (pages_per_range = 32, autosummarize = on);

-- One batch: the events of one era and one month whose transactions are in [since, until) and whose ids are in
-- (after_id, through_id]. ids and leaves name them one by one, until their month is dropped. A batch of the kind
-- "drop" says that a month has reached the end of its retention. docs/architecture.md says what is hashed, and how.
CREATE TABLE IF NOT EXISTS audit.seal (
    batch bigint PRIMARY KEY CHECK (batch > 0),
    kind text NOT NULL CHECK (kind IN ('events', 'drop')),
    era integer NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    since bigint NOT NULL,
    until bigint NOT NULL,
    after_id bigint NOT NULL,
    through_id bigint NOT NULL,
    events integer NOT NULL CHECK (events >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    marks_digest bytea NOT NULL CHECK (octet_length(marks_digest) = 32),
    previous bytea NOT NULL CHECK (octet_length(previous) = 32),
    sealed_at timestamptz NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    ids bigint[],
    leaves bytea
);
CREATE INDEX IF NOT EXISTS seal_by_horizon ON audit.seal (era, until);
CREATE INDEX IF NOT EXISTS seal_by_month ON audit.seal (month, era, since);

-- One sealer at a time, until its transaction ends. A table's lock, because the application's roles may take any
-- advisory lock and can't take this one. Every function here has an argument: one that has none bears a table's name
-- and is its trigger's.
CREATE OR REPLACE FUNCTION audit.seal_alone(wait boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
    IF wait THEN
        LOCK TABLE audit.seal IN EXCLUSIVE MODE;
    ELSE
        LOCK TABLE audit.seal IN EXCLUSIVE MODE NOWAIT;
    END IF;
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$function$;

-- Every transaction of this database below it has ended, so that no event below it can still appear. PostgreSQL's own
-- pg_snapshot_xmin is held back by transactions of every database: one tenant would hold up the seal of another's log.
-- An id that is in the snapshot and that no process of another database has is held to be ours. Never below `lowest`.
CREATE OR REPLACE FUNCTION audit.horizon(lowest bigint) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
    WITH now AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot)
    SELECT greatest(lowest, coalesce((
        SELECT min(running.xid)::text::bigint FROM pg_snapshot_xip(now.snapshot) AS running (xid)
        WHERE NOT EXISTS (
            SELECT FROM pg_stat_activity AS other
            WHERE other.backend_xid::text::bigint = running.xid::text::bigint & 4294967295
              AND other.datname <> current_database())
    ), pg_snapshot_xmax(now.snapshot)::text::bigint))
    FROM now
$function$;

CREATE OR REPLACE FUNCTION audit.make_month(month date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $function$
DECLARE
    name CONSTANT text := 'event_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass(format('audit.%I', name)) IS NULL THEN
        EXECUTE format('CREATE TABLE audit.%I (LIKE audit.event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        EXECUTE format('ALTER TABLE audit.event ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)', name,
                       month::timestamptz, (month + interval '1 month')::timestamptz);
    END IF;
END
$function$;

-- How many events stand in the DEFAULT partition, up to `most`: none, unless a month was missing.
CREATE OR REPLACE FUNCTION audit.strays(most bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
    SELECT count(*) FROM (SELECT FROM audit.event_default LIMIT most) AS stray
$function$;

-- Move strays to months of their own, then make this month and those `ahead`. One transaction: all or nothing. What
-- has no month ("infinity") stays a stray. Returns how many were moved.
CREATE OR REPLACE FUNCTION audit.keep_months(ahead integer DEFAULT 3) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $function$
DECLARE
    month date;
    moved bigint := 0;
BEGIN
    IF EXISTS (SELECT FROM audit.event_default WHERE isfinite(at)) THEN
        LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE;
        ALTER TABLE audit.event DETACH PARTITION audit.event_default;
        FOR month IN SELECT DISTINCT date_trunc('month', at)::date FROM audit.event_default WHERE isfinite(at) LOOP
            PERFORM audit.make_month(month);
        END LOOP;
        INSERT INTO audit.event (id, era, at, xid, action, outcome, actor, request, ip, reason, subject, object_id,
                                 before, after, masked, details)
        SELECT id, era, at, xid, action, outcome, actor, request, ip, reason, subject, object_id, before, after,
               masked, details
        FROM audit.event_default WHERE isfinite(at);
        GET DIAGNOSTICS moved = ROW_COUNT;
        DELETE FROM audit.event_default WHERE isfinite(at);
        ALTER TABLE audit.event ATTACH PARTITION audit.event_default DEFAULT;
    END IF;
    FOR step IN 0 .. ahead LOOP
        PERFORM audit.make_month((date_trunc('month', now()) + make_interval(months => step))::date);
    END LOOP;
    RETURN moved;
END
$function$;

-- The end of a month's retention: 24 months at least after its last day, announced by a batch of the kind "drop",
-- and with every event of it sealed. The batches stay, without their lists.
CREATE OR REPLACE FUNCTION audit.drop_month(dropped date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $function$
DECLARE
    partition CONSTANT text := 'event_' || to_char(dropped, 'YYYY_MM');
    beyond CONSTANT timestamptz := dropped + interval '1 month';
BEGIN
    IF beyond + interval '24 months' > now() THEN
        RAISE EXCEPTION 'The activity of % must be kept for 24 months.', to_char(dropped, 'YYYY-MM');
    ELSIF NOT EXISTS (SELECT FROM audit.seal WHERE kind = 'drop' AND month = dropped) THEN
        RAISE EXCEPTION 'No seal says that % is dropped.', to_char(dropped, 'YYYY-MM');
    ELSIF EXISTS (
        SELECT FROM audit.event
        WHERE event.at >= dropped AND event.at < beyond AND NOT EXISTS (
            SELECT FROM audit.seal
            WHERE seal.kind = 'events' AND seal.month = dropped AND seal.era = event.era
              AND event.xid >= seal.since AND event.xid < seal.until
              AND event.id > seal.after_id AND event.id <= seal.through_id)
    ) THEN
        RAISE EXCEPTION '% has events that no batch seals.', to_char(dropped, 'YYYY-MM');
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS audit.%I', partition);
    UPDATE audit.seal SET ids = NULL, leaves = NULL
    WHERE kind = 'events' AND month = dropped AND ids IS NOT NULL;
END
$function$;

REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC, {runtime}, amana_sealer;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC, {runtime}, amana_sealer;
GRANT USAGE ON SCHEMA audit TO amana_sealer;
GRANT SELECT ON audit.event TO amana_sealer;
GRANT SELECT, INSERT ON audit.seal TO amana_sealer;
GRANT EXECUTE ON FUNCTION audit.seal_alone, audit.horizon, audit.strays, audit.keep_months, audit.drop_month
    TO amana_sealer;
SELECT audit.keep_months();
SET ROLE NONE;
