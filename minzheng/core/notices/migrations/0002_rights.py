"""Messages are walled by whom they are for: the web reads its user's own and those of the post it acts under.

Anybody who acts may tell anybody (a township tells its county), under their own name. Nothing that was told can be
changed or taken back. A text message belongs to its handling area; the number in it is sealed and stays out of
history."""

from django.db import migrations

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history

RUNTIME, ENGINE = rows.RUNTIME, rows.ENGINE
USER = rows.setting("user")
# A substitute's post is called "county_clerk for 12": the post is the first word.
POST = "(SELECT split_part(nullif(current_setting('app.post', true), ''), ' ', 1))"

WALLS = f"""
ALTER TABLE notices_message ENABLE ROW LEVEL SECURITY;
CREATE POLICY addressed ON notices_message FOR SELECT TO {RUNTIME}
    USING (to_user = (SELECT {USER}) OR to_post = {POST} AND {rows.within("area")});
CREATE POLICY told ON notices_message FOR INSERT TO {RUNTIME} WITH CHECK (by_key = (SELECT {USER}));
GRANT SELECT, INSERT ON notices_message TO {RUNTIME};
GRANT ALL ON notices_message TO {ENGINE};
ALTER TABLE notices_seen ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notices_seen TO {RUNTIME}
    USING (user_key = (SELECT {USER})) WITH CHECK (user_key = (SELECT {USER}));
GRANT SELECT, INSERT ON notices_seen TO {RUNTIME};
GRANT ALL ON notices_seen TO {ENGINE};
"""
# The number is sealed for its row, so that the row's key is asked for first.
KEYS = f"GRANT USAGE ON SEQUENCE notices_textmessage_id_seq TO {RUNTIME}, {ENGINE};"
DOWN = f"""
DROP POLICY own ON notices_seen;
DROP POLICY told ON notices_message;
DROP POLICY addressed ON notices_message;
ALTER TABLE notices_seen DISABLE ROW LEVEL SECURITY;
ALTER TABLE notices_message DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON notices_seen, notices_message FROM {RUNTIME};
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("audit", "0006_substitutions")]

    operations = [
        migrations.RunSQL(WALLS, DOWN),
        rows.protect("notices_textmessage", rights="SELECT, INSERT"),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        keep_history("notices_message", inserts="statement"),
        keep_history("notices_seen", area=None, inserts="statement"),
        keep_history("notices_textmessage", omit=("phone_cipher", "phone_index")),
    ]
