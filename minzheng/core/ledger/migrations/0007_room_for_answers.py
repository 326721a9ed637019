"""Room in the pages of attempts: each is answered once, and finds its new version in its own page and its indexes
untouched.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_arrears")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE ledger_attempt SET (fillfactor = 50);", "ALTER TABLE ledger_attempt RESET (fillfactor);"
        )
    ]
