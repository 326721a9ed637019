"""What the web may do with areas, users and posts: read them; only its own password and last sign-in change."""

from django.db import migrations

from minzheng.core.access import rows

SIGN_IN = f"GRANT UPDATE (password, last_login) ON access_user TO {rows.RUNTIME};"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("areas", "0001_initial")]
    operations = [
        rows.open("areas_area"),
        rows.open("areas_succession"),
        rows.open("areas_businessday"),
        rows.open("access_user"),
        rows.open("access_post"),
        migrations.RunSQL(SIGN_IN, migrations.RunSQL.noop),
    ]
