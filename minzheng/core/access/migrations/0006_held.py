"""Posts are read within one's area and one's own; who holds what where nobody has a scope yet is one function's answer.

Before the scope of a request is known its posts must be read. A function of the owner answers that and nothing else, so
that a list of officers is held by the second wall like every other list.
"""

from django.db import migrations

from minzheng.core.access.rows import ENGINE, RUNTIME, setting, within

HELD = f"""
CREATE FUNCTION access_held(users bigint[], during daterange, proposed boolean)
RETURNS TABLE (user_id bigint, id bigint, key text, area bigint, person bigint, name text, natural_person text,
               instead bigint, absent text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT p.user_id, p.id, p.key, p.area, p.person, u.name, u.natural_person, NULL::bigint, ''
  FROM access_post p JOIN access_user u ON u.id = p.user_id
 WHERE p.user_id = ANY(users) AND u.is_active AND p.valid && during AND (proposed OR NOT p.waiting)
UNION ALL
SELECT s.stand_in_id, -s.id, p.key, p.area, p.person, u.name, u.natural_person, p.user_id, a.name
  FROM access_substitution s JOIN access_post p ON p.id = s.post_id JOIN access_user u ON u.id = s.stand_in_id
  JOIN access_user a ON a.id = p.user_id
 WHERE s.stand_in_id = ANY(users) AND u.is_active AND s.valid && during AND (proposed OR NOT s.waiting)
   AND p.valid && during AND NOT p.waiting
$$;
REVOKE ALL ON FUNCTION access_held(bigint[], daterange, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_held(bigint[], daterange, boolean) TO {RUNTIME}, {ENGINE};
"""


def read(table, user):
    return f"""
        DROP POLICY everybody_reads ON {table};
        CREATE POLICY of_the_area ON {table} FOR SELECT TO {RUNTIME}
            USING (({within("area")}) OR {user} = (SELECT {setting("user")}));"""


class Migration(migrations.Migration):
    dependencies = [("access", "0005_given_unconfirmed")]
    operations = [
        migrations.RunSQL(HELD, "DROP FUNCTION access_held(bigint[], daterange, boolean);"),
        migrations.RunSQL(
            read("access_post", "user_id") + read("access_substitution", "stand_in_id"),
            migrations.RunSQL.noop,
        ),
    ]
