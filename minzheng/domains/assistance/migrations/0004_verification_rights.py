"""What the web may do with the tables of verification within its scope, and their history."""

from django.db import migrations

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("assistance", "0003_verification"), ("audit", "0002_rights")]
    operations = [
        rows.protect("assistance_inquiry", rights="SELECT, INSERT, UPDATE"),
        rows.protect("assistance_answer", rights="SELECT, INSERT, UPDATE"),
        keep_history("assistance_inquiry"),
        keep_history("assistance_answer"),
    ]
