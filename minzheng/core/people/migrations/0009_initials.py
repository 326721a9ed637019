"""Search by the initials of the pinyin, such as `zsf`: an index on what the sort key already says, and a function of
the owner that looks in it within the transaction's scope (see 0006)."""

from django.db import migrations

from minzheng.core.access.rows import ENGINE, RUNTIME, within

FORWARD = f"""
CREATE FUNCTION people_initials(pinyin text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT regexp_replace(pinyin, '(\\S)\\S* ?', '\\1', 'g') $$;
CREATE INDEX person_initials ON people_person (people_initials(pinyin) text_pattern_ops);
CREATE FUNCTION people_by_initials(wanted text, most integer) RETURNS TABLE (id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id FROM people_person p
     WHERE people_initials(p.pinyin) = wanted AND p.canonical_id IS NULL AND {within("p.area")}
     ORDER BY p.pinyin, p.id LIMIT most
$$;
REVOKE ALL ON FUNCTION people_by_initials(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_by_initials(text, integer) TO {RUNTIME}, {ENGINE};
GRANT EXECUTE ON FUNCTION people_initials(text) TO {RUNTIME}, {ENGINE};
"""
UNDO = """
DROP FUNCTION people_by_initials(text, integer);
DROP INDEX person_initials;
DROP FUNCTION people_initials(text);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0008_expenses_and_labels")]

    operations = [migrations.RunSQL(FORWARD, UNDO)]
