"""What the web may do with these tables, within its scope. Entries and the bank's own files are the engine's."""

from django.db import migrations

from minzheng.core.access import rows


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards"), ("benefits", "0003_rights")]

    operations = [
        rows.protect("ledger_instruction", rights="SELECT, INSERT"),
        rows.protect("ledger_bankfile", column="county", rights="SELECT"),
        rows.protect("ledger_attempt", rights="SELECT"),
        rows.protect("ledger_hold", rights="SELECT, INSERT, UPDATE"),
        rows.protect("ledger_posting", rights="SELECT"),
    ]
