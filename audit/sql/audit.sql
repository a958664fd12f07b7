-- Run by the provisioner in the catalog and in every tenant's database, after migrate. Can be run again.
--
-- Schema audit holds the log and belongs to audit_owner: of the application's roles none may look into it.
-- Schema activity_api is their only door, and has three leaves: record(), read() and uses().
-- What amana_sealer needs is in seal.sql.

SET ROLE NONE;
CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION audit_owner;
CREATE SCHEMA IF NOT EXISTS activity_api AUTHORIZATION audit_owner;
SET ROLE audit_owner;

CREATE SEQUENCE IF NOT EXISTS audit.event_id;

-- One thing that happened. A change of a row has subject (its table), object_id (its key), before and after (the
-- columns that changed; all of them for an insert or a delete) and masked (columns that changed and whose values are
-- not for the log). A security event has a dotted action, an outcome and details.
-- era and at say which history this is part of: a restored copy goes on in the next era.
CREATE TABLE IF NOT EXISTS audit.event (
    id bigint NOT NULL DEFAULT nextval('audit.event_id'),
    era integer NOT NULL DEFAULT 1,
    at timestamptz NOT NULL DEFAULT now(),
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint, -- BRIN knows no xid8
    action text NOT NULL,
    outcome text NOT NULL DEFAULT 'done', -- record() checks it: a CHECK is compiled anew for every row of an UPDATE
    actor text NOT NULL,
    request text,
    ip inet,
    reason text,
    subject text,
    object_id text,
    before jsonb,
    after jsonb,
    masked text[],
    details jsonb
) PARTITION BY RANGE (at);

CREATE TABLE IF NOT EXISTS audit.event_default PARTITION OF audit.event DEFAULT;
CREATE INDEX IF NOT EXISTS event_in_order ON audit.event (id);
CREATE INDEX IF NOT EXISTS event_of_a_record ON audit.event (object_id, subject);

-- Who acts in this transaction, as the application said at its beginning. Never from another transaction: the stamp
-- is the time at which this one began. It takes an argument for the sake of its name: a function without one is the
-- trigger function of the table that bears its name.
CREATE OR REPLACE FUNCTION audit.context(began timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    context CONSTANT jsonb := nullif(current_setting('amana.ctx', true), '');
BEGIN
    IF context IS NULL THEN
        RAISE EXCEPTION 'Nobody is named as acting in this transaction.'
            USING ERRCODE = 'AM001',
                  HINT = 'Wrap the work in `with audit.context.acting("system:what-it-is"):`.';
    ELSIF context ->> 'at' IS DISTINCT FROM extract(epoch FROM began)::text OR context ->> 'actor' IS NULL THEN
        RAISE EXCEPTION 'Who is named as acting was named in another transaction.'
            USING ERRCODE = 'AM002',
                  HINT = 'Write through Django''s connection, which says who acts at the start of every transaction.';
    END IF;
    RETURN context;
END
$function$;

-- A security event of whoever acts. Returns its id. The dotted action keeps it apart from changes of rows.
CREATE OR REPLACE FUNCTION activity_api.record(
    action text, outcome text, subject text DEFAULT NULL, object_id text DEFAULT NULL, details jsonb DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    context CONSTANT jsonb := audit.context(now());
    made bigint;
BEGIN
    IF action !~ '^[a-z][a-z_]*\.[a-z][a-z_]*$' THEN
        RAISE EXCEPTION 'An event is named app.what_happened, not %.', quote_literal(action) USING ERRCODE = 'AM003';
    ELSIF (outcome IN ('done', 'refused', 'failed')) IS NOT TRUE THEN
        RAISE EXCEPTION 'An outcome is done, refused or failed, not %.', quote_nullable(outcome)
            USING ERRCODE = 'AM003';
    END IF;
    INSERT INTO audit.event (action, outcome, actor, request, ip, reason, subject, object_id, details)
    VALUES (action, outcome, context ->> 'actor', context ->> 'request', (context ->> 'ip')::inet,
            context ->> 'reason', subject, object_id, details)
    RETURNING id INTO made;
    RETURN made;
END
$function$;

-- An older one, by its parameters: beside a second of the same name neither could be called.
DROP FUNCTION IF EXISTS activity_api.read(
    integer, bigint, timestamptz, timestamptz, text, text, text, text, text, text
);

-- Events, `most` of them and never more than 1,000; of each filter null means any. Newest first, or, `upward`, oldest
-- first. `of_changes`: whether it is a change of a row. `of_actors`: kinds of actors, such as system of system:sweep.
-- `of_field`: a column that changed, masked or not. Planned anew for the filters that each question really has.
CREATE OR REPLACE FUNCTION activity_api.read(
    most integer DEFAULT 100, before_id bigint DEFAULT NULL, since timestamptz DEFAULT NULL,
    until timestamptz DEFAULT NULL, by_actor text DEFAULT NULL, of_action text DEFAULT NULL,
    of_subject text DEFAULT NULL, of_object text DEFAULT NULL, in_request text DEFAULT NULL,
    with_outcome text DEFAULT NULL, after_id bigint DEFAULT NULL, upward boolean DEFAULT false,
    of_changes boolean DEFAULT NULL, of_actors text[] DEFAULT NULL, of_subjects text[] DEFAULT NULL,
    of_field text DEFAULT NULL
) RETURNS TABLE (
    id bigint, era integer, at timestamptz, action text, outcome text, actor text, request text, ip inet, reason text,
    subject text, object_id text, before jsonb, after jsonb, masked text[], details jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
AS $function$
    SELECT e.id, e.era, e.at, e.action, e.outcome, e.actor, e.request, e.ip, e.reason, e.subject, e.object_id,
           e.before, e.after, e.masked, e.details
    FROM audit.event AS e
    WHERE (before_id IS NULL OR e.id < before_id)
      AND (after_id IS NULL OR e.id > after_id)
      AND (since IS NULL OR e.at >= since)
      AND (until IS NULL OR e.at < until)
      AND (by_actor IS NULL OR e.actor = by_actor)
      AND (of_actors IS NULL OR split_part(e.actor, ':', 1) = ANY (of_actors))
      AND (of_action IS NULL OR e.action = of_action)
      AND (of_changes IS NULL OR (e.action IN ('insert', 'update', 'delete', 'truncate')) = of_changes)
      AND (of_subject IS NULL OR e.subject = of_subject)
      AND (of_subjects IS NULL OR e.subject = ANY (of_subjects))
      AND (of_object IS NULL OR e.object_id = of_object)
      AND (of_field IS NULL OR e.after ? of_field OR e.before ? of_field OR of_field = ANY (e.masked))
      AND (in_request IS NULL OR e.request = in_request)
      AND (with_outcome IS NULL OR e.outcome = with_outcome)
    ORDER BY CASE WHEN upward THEN e.id END, e.id DESC
    LIMIT least(greatest(most, 0), 1000)
$function$;

-- Who did what to which kind of row since then, each once: one walk over the months that are left.
CREATE OR REPLACE FUNCTION activity_api.uses(since timestamptz) RETURNS TABLE (actor text, action text, subject text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
AS $function$
    SELECT DISTINCT e.actor, e.action, coalesce(e.subject, '')
    FROM audit.event AS e
    WHERE e.at >= since AND e.outcome = 'done'
$function$;

REVOKE ALL ON SCHEMA audit, activity_api FROM PUBLIC, {runtime};
REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC, {runtime};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA audit FROM PUBLIC, {runtime};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit, activity_api FROM PUBLIC, {runtime};
GRANT USAGE ON SCHEMA activity_api TO {runtime};
GRANT EXECUTE ON FUNCTION activity_api.record, activity_api.read, activity_api.uses TO {runtime};
-- the owner of a table attaches its trigger
GRANT USAGE ON SCHEMA audit TO {owner};
SET ROLE NONE;
