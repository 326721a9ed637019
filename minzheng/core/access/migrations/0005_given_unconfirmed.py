"""What the web gives, nobody has confirmed yet: the column is written, and is empty."""

from importlib import import_module

from django.db import migrations

from minzheng.core.access.rows import RUNTIME, setting

before = import_module("minzheng.core.access.migrations.0004_appointing")


def unconfirmed(table, user, strong):
    mine = f"appointed_by_id = {setting('user')} AND confirmed_by_id IS NULL"
    return f"""
        ALTER POLICY administrator_gives ON {table}
            WITH CHECK ({before.may_touch(user)} AND {mine} AND (waiting OR NOT {strong}));
        GRANT INSERT (confirmed_by_id) ON {table} TO {RUNTIME};"""


POST = unconfirmed("access_post", "user_id", f"key IN {before.STRONG}")
STANDS_IN = f"(SELECT key IN {before.STRONG} FROM access_post p WHERE p.id = post_id)"


class Migration(migrations.Migration):
    dependencies = [("access", "0004_appointing")]
    operations = [
        migrations.RunSQL(
            POST + unconfirmed("access_substitution", "stand_in_id", STANDS_IN), migrations.RunSQL.noop
        )
    ]
