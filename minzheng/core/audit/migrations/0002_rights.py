"""The function that keeps history, and who may do what with history and access log."""

from django.db import migrations

from minzheng.core.access.rows import ENGINE, RUNTIME, setting, within
from minzheng.core.audit.rows import keep_history

FUNCTION = f"""
CREATE FUNCTION audit_keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
-- TG_ARGV: area column or '', 'rows' or 'statement', columns left out as text[], 'anonymous' or ''
DECLARE
    actor  text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    who    bigint := {setting("user")};
    duty   text := {setting("post", "text")};
    call   text := {setting("request", "text")};
    reason text := {setting("purpose", "text")};
    place  text := TG_ARGV[0];
    omit   text[] := TG_ARGV[2]::text[];
    act    text := lower(left(TG_OP, 1));
BEGIN
    IF actor = '{RUNTIME}' AND who IS NULL AND TG_ARGV[3] = '' THEN
        RAISE EXCEPTION 'a change of % by the web needs a user', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' AND TG_ARGV[1] = 'statement' THEN
        INSERT INTO audit_history (table_name, kind, "rows", user_key, post, request, purpose, role, transaction)
        SELECT TG_TABLE_NAME, act, count(*), who, duty, call, reason, actor, txid_current()
        FROM new_rows HAVING count(*) > 0;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO audit_history (table_name, kind, "row", area, "rows",
            user_key, post, request, purpose, role, transaction)
        SELECT TG_TABLE_NAME, act, n.id, CASE WHEN place <> '' THEN (to_jsonb(n) ->> place)::bigint END, 1,
            who, duty, call, reason, actor, txid_current()
        FROM new_rows n;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO audit_history (table_name, kind, "row", area, before, "rows",
            user_key, post, request, purpose, role, transaction)
        SELECT TG_TABLE_NAME, act, o.id, CASE WHEN place <> '' THEN (j ->> place)::bigint END, j - omit, 1,
            who, duty, call, reason, actor, txid_current()
        FROM old_rows o LEFT JOIN new_rows n USING (id), LATERAL (SELECT to_jsonb(o) AS j) kept
        WHERE (o *<> n) IS NOT FALSE AND (omit = '{{}}' OR j - omit IS DISTINCT FROM to_jsonb(n) - omit);
    ELSE
        INSERT INTO audit_history (table_name, kind, "row", area, before, "rows",
            user_key, post, request, purpose, role, transaction)
        SELECT TG_TABLE_NAME, act, o.id, CASE WHEN place <> '' THEN (j ->> place)::bigint END, j - omit, 1,
            who, duty, call, reason, actor, txid_current()
        FROM old_rows o, LATERAL (SELECT to_jsonb(o) AS j) kept;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION audit_keep_history() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_keep_history() TO {RUNTIME}, {ENGINE};
"""

RIGHTS = f"""
ALTER TABLE audit_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON audit_history FOR SELECT TO {RUNTIME} USING ({within("area")});
ALTER TABLE audit_accesslog ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON audit_accesslog FOR SELECT TO {RUNTIME} USING ({within("area")});
CREATE POLICY own_name ON audit_accesslog FOR INSERT TO {RUNTIME}
    WITH CHECK (user_key IS NOT DISTINCT FROM {setting("user")});
REVOKE ALL ON audit_history, audit_accesslog FROM {RUNTIME}, {ENGINE};
GRANT SELECT ON audit_history TO {RUNTIME}, {ENGINE};
GRANT SELECT ON audit_accesslog TO {RUNTIME}, {ENGINE};
GRANT INSERT (user_key, post, area, what, subject, purpose, outcome, request) ON audit_accesslog
    TO {RUNTIME}, {ENGINE};
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("access", "0002_rights"), ("areas", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION audit_keep_history();"),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        keep_history("areas_area", area="code", inserts="statement"),
        keep_history("areas_succession", area="successor"),
        keep_history("access_post"),
        keep_history("access_user", area=None, omit=("password", "last_login"), anonymous=True),
    ]
