"""Whoever reads a notice may object to it without an account: that insert has no user in its history."""

from django.db import migrations

from minzheng.core.audit.rows import keep_history

DROPPED = "\n".join(
    f"DROP TRIGGER history_{event} ON cases_objection;" for event in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_rights")]
    operations = [
        migrations.RunSQL(DROPPED, migrations.RunSQL.noop),
        keep_history("cases_objection", omit=("phone_cipher",), anonymous=True),
    ]
