"""The function that keeps history joins old and new rows by hash.

A function's plans are kept for the session: one that was made for a statement of a few rows compared each old row with
each new one when a month's changes were confirmed by one statement.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_seals")]
    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION audit_keep_history() SET enable_nestloop = off;",
            "ALTER FUNCTION audit_keep_history() RESET enable_nestloop;",
        )
    ]
