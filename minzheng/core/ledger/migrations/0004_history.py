"""Row history of accounts under change and of bank files. Attempts, entries and postings are their own history."""

from django.db import migrations

from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_rights"), ("audit", "0002_rights")]

    operations = [
        keep_history("ledger_hold"),
        keep_history("ledger_bankfile", area="county", inserts="statement"),
    ]
