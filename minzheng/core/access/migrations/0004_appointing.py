"""What the web may do with posts and substitutes: read all, since nobody has a scope before their post is known.

It gives, confirms and ends them only under the post of an administrator, within the administrator's area, and never to
the natural person who acts. A post that decides on money waits until somebody else confirms it.
"""

from django.db import migrations

from minzheng.core.access.rows import ENGINE, RUNTIME, setting, within

#: As they were on the day of this migration; `access.grants.STRONG` adds to them in the program.
STRONG = "('province_approver', 'county_approver', 'county_finance', 'auditor', 'administrator')"
ADMINISTRATOR = f"split_part({setting('post', 'text')}, ' ', 1) = 'administrator'"


def person(user):
    return f"(SELECT natural_person FROM access_user WHERE id = {user})"


def may_touch(user):
    """SQL condition: one who acts as administrator, within the area, for another natural person."""
    return f"{ADMINISTRATOR} AND {within('area')} AND {person(user)} <> {person(setting('user'))}"


def policies(table, user, strong):
    mine, touched = f"appointed_by_id = {setting('user')}", may_touch(user)
    apart = f"{person('confirmed_by_id')} <> {person('appointed_by_id')}"
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY everybody_reads ON {table} FOR SELECT TO {RUNTIME} USING (true);
        CREATE POLICY administrator_gives ON {table} FOR INSERT TO {RUNTIME}
            WITH CHECK ({touched} AND {mine} AND (waiting OR NOT {strong}));
        CREATE POLICY administrator_changes ON {table} FOR UPDATE TO {RUNTIME} USING ({touched})
            WITH CHECK ({touched} AND (waiting OR NOT {strong} OR appointed_by_id IS NULL OR {apart}));
        GRANT SELECT ON {table} TO {RUNTIME};
        GRANT ALL ON {table} TO {ENGINE};
        GRANT UPDATE (valid, waiting, confirmed_by_id) ON {table} TO {RUNTIME};
        GRANT USAGE ON SEQUENCE {table}_id_seq TO {RUNTIME};"""


RIGHTS = f"""
{policies("access_post", "user_id", f"key IN {STRONG}")}
{policies("access_substitution", "stand_in_id", f"(SELECT key IN {STRONG} FROM access_post p WHERE p.id = post_id)")}
GRANT INSERT (user_id, key, area, valid, waiting, appointed_by_id, person) ON access_post TO {RUNTIME};
GRANT INSERT (post_id, stand_in_id, area, valid, waiting, appointed_by_id) ON access_substitution TO {RUNTIME};
GRANT SELECT, INSERT, DELETE ON access_seat TO {RUNTIME};
GRANT ALL ON access_seat TO {ENGINE};
GRANT USAGE ON SEQUENCE access_seat_id_seq TO {RUNTIME};
GRANT UPDATE (failures, locked_until) ON access_user TO {RUNTIME};
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_given")]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
