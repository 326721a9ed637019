"""The function that keeps history, with names of its own: a table may have a column `reason`, `place` or `act`.

PL/pgSQL refuses a name that is both a variable and a column of the rows at hand, so every variable and alias is named v_….
"""

from django.db import migrations

from minzheng.core.access.rows import RUNTIME, setting

FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
-- TG_ARGV: area column or '', 'rows' or 'statement', columns left out as text[], 'anonymous' or ''
DECLARE
    v_actor  text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    v_who    bigint := {setting("user")};
    v_duty   text := {setting("post", "text")};
    v_call   text := {setting("request", "text")};
    v_reason text := {setting("purpose", "text")};
    v_place  text := TG_ARGV[0];
    v_omit   text[] := TG_ARGV[2]::text[];
    v_act    text := lower(left(TG_OP, 1));
BEGIN
    IF v_actor = '{RUNTIME}' AND v_who IS NULL AND TG_ARGV[3] = '' THEN
        RAISE EXCEPTION 'a change of % by the web needs a user', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' AND TG_ARGV[1] = 'statement' THEN
        INSERT INTO audit_history (table_name, kind, "rows", user_key, post, request, purpose, role, transaction)
        SELECT TG_TABLE_NAME, v_act, count(*), v_who, v_duty, v_call, v_reason, v_actor, txid_current()
        FROM new_rows HAVING count(*) > 0;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO audit_history (table_name, kind, "row", area, "rows",
            user_key, post, request, purpose, role, transaction)
        SELECT TG_TABLE_NAME, v_act, v_new.id, CASE WHEN v_place <> '' THEN (to_jsonb(v_new) ->> v_place)::bigint END, 1,
            v_who, v_duty, v_call, v_reason, v_actor, txid_current()
        FROM new_rows v_new;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO audit_history (table_name, kind, "row", area, before, "rows",
            user_key, post, request, purpose, role, transaction)
        SELECT TG_TABLE_NAME, v_act, v_old.id, CASE WHEN v_place <> '' THEN (v_kept.whole ->> v_place)::bigint END, v_kept.whole - v_omit, 1,
            v_who, v_duty, v_call, v_reason, v_actor, txid_current()
        FROM old_rows v_old LEFT JOIN new_rows v_new USING (id), LATERAL (SELECT to_jsonb(v_old) AS whole) v_kept
        WHERE (v_old *<> v_new) IS NOT FALSE AND (v_omit = '{{}}' OR v_kept.whole - v_omit IS DISTINCT FROM to_jsonb(v_new) - v_omit);
    ELSE
        INSERT INTO audit_history (table_name, kind, "row", area, before, "rows",
            user_key, post, request, purpose, role, transaction)
        SELECT TG_TABLE_NAME, v_act, v_old.id, CASE WHEN v_place <> '' THEN (v_kept.whole ->> v_place)::bigint END, v_kept.whole - v_omit, 1,
            v_who, v_duty, v_call, v_reason, v_actor, txid_current()
        FROM old_rows v_old, LATERAL (SELECT to_jsonb(v_old) AS whole) v_kept;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_rights")]
    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
