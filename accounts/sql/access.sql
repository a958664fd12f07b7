-- Run by the owner of the tables, who acts as system:access, after the log is installed. Can be run again.
--
-- amana.permissions: [{app, codename, name}], amana.roles: [{id, code, name, purpose, version, permissions}], of this
-- database's surface; a permission in a role is app.codename. Custom roles keep what they have; what is new is off in
-- them.
DO $do$
DECLARE
    given CONSTANT jsonb := current_setting('amana.permissions')::jsonb;
    roles CONSTANT jsonb := current_setting('amana.roles')::jsonb;
    names CONSTANT text[] := ARRAY(
        SELECT (each ->> 'app') || '.' || (each ->> 'codename') FROM jsonb_array_elements(given) AS each);
    unknown bigint[];
    role record;
    content bigint[];
    changes bigint;
    changed boolean := false;
BEGIN
    INSERT INTO django_content_type (app_label, model)
    SELECT DISTINCT each ->> 'app', 'permission' FROM jsonb_array_elements(given) AS each
    ON CONFLICT DO NOTHING;
    INSERT INTO auth_permission (content_type_id, codename, name)
    SELECT type.id, each ->> 'codename', each ->> 'name'
    FROM jsonb_array_elements(given) AS each
    JOIN django_content_type AS type ON type.app_label = each ->> 'app' AND type.model = 'permission'
    ON CONFLICT (content_type_id, codename) DO UPDATE SET name = excluded.name
    WHERE auth_permission.name <> excluded.name;

    unknown := ARRAY(
        SELECT permission.id FROM auth_permission AS permission
        JOIN django_content_type AS type ON type.id = permission.content_type_id
        WHERE type.model <> 'permission' OR type.app_label || '.' || permission.codename <> ALL (names));
    DELETE FROM auth_group_permissions WHERE permission_id = ANY (unknown);
    GET DIAGNOSTICS changes = ROW_COUNT;
    changed := changed OR changes > 0;
    DELETE FROM auth_permission WHERE id = ANY (unknown);

    FOR role IN
        SELECT * FROM jsonb_to_recordset(roles)
            AS each (id uuid, code text, name text, purpose text, version integer, permissions jsonb)
    LOOP
        INSERT INTO auth_group (name) VALUES ('built-in:' || role.code) ON CONFLICT DO NOTHING;
        -- Where a custom role bears the name already, the built-in one is told apart by its code.
        INSERT INTO accounts_role (id, group_id, code, name, purpose, version, offered, created_at)
        SELECT role.id, auth_group.id, role.code,
               CASE WHEN EXISTS (SELECT FROM accounts_role AS other WHERE lower(other.name) = lower(role.name))
                    THEN role.name || ' (' || role.code || ')' ELSE role.name END,
               role.purpose, role.version, '[]', now()
        FROM auth_group
        WHERE auth_group.name = 'built-in:' || role.code
          AND NOT EXISTS (SELECT FROM accounts_role AS other WHERE other.code = role.code);
        UPDATE accounts_role AS there SET purpose = role.purpose, version = role.version
        WHERE there.code = role.code
          AND (there.purpose, there.version) IS DISTINCT FROM (role.purpose, role.version);

        content := ARRAY(
            SELECT permission.id FROM jsonb_array_elements_text(role.permissions) AS named
            JOIN django_content_type AS type ON type.model = 'permission' AND type.app_label = split_part(named, '.', 1)
            JOIN auth_permission AS permission
                ON permission.content_type_id = type.id AND permission.codename = split_part(named, '.', 2));
        DELETE FROM auth_group_permissions AS held USING accounts_role AS there
        WHERE there.code = role.code AND held.group_id = there.group_id AND held.permission_id <> ALL (content);
        GET DIAGNOSTICS changes = ROW_COUNT;
        changed := changed OR changes > 0;
        INSERT INTO auth_group_permissions (group_id, permission_id)
        SELECT there.group_id, wanted FROM accounts_role AS there, unnest(content) AS wanted
        WHERE there.code = role.code
        ON CONFLICT (group_id, permission_id) DO NOTHING;
        GET DIAGNOSTICS changes = ROW_COUNT;
        changed := changed OR changes > 0;
    END LOOP;

    INSERT INTO accounts_securitypolicy (id, preset, idle_minutes, absolute_hours, lock_minutes, totp_for_all,
                                         second_operator_may_approve, version, rights_mark)
    VALUES (1, 'marketplace', 60, 12, 15, false, false, 1, gen_random_uuid()) ON CONFLICT DO NOTHING;

    -- A database from before there were roles: whoever came first is its owner.
    INSERT INTO accounts_assignment (id, user_id, role_id, scope, scope_id, starts_at, reason, granted_at, end_reason)
    SELECT gen_random_uuid(), person.id, there.id, 'tenant', '', now(), 'Was here before there were roles', now(), ''
    FROM accounts_role AS there
    CROSS JOIN LATERAL (SELECT id FROM accounts_user ORDER BY joined_at, id LIMIT 1) AS person
    WHERE there.code IN ('owner', 'super_admin') AND NOT EXISTS (SELECT FROM accounts_assignment);
    GET DIAGNOSTICS changes = ROW_COUNT;

    IF changed OR changes > 0 THEN
        UPDATE accounts_securitypolicy SET rights_mark = gen_random_uuid();
    END IF;
END
$do$;
