"""Search by name through the index. Under row security `@>` on an array cannot reach one, as it is not leakproof, so
this function of the owner looks in the index and applies the scope of the transaction itself; without one it finds
nobody."""

from django.db import migrations

from minzheng.core.access.rows import ENGINE, RUNTIME, within

FORWARD = f"""
CREATE FUNCTION people_named(wanted text[], most integer) RETURNS TABLE (id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id FROM people_person p
     WHERE p.bigrams @> wanted::varchar[] AND p.canonical_id IS NULL AND {within("p.area")}
     ORDER BY p.pinyin, p.id LIMIT most
$$;
REVOKE ALL ON FUNCTION people_named(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_named(text[], integer) TO {RUNTIME}, {ENGINE};
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_lighter_constraints")]

    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION people_named(text[], integer);")]
