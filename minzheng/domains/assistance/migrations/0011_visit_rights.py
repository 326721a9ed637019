"""What the web may do with visits within its scope: record one, confirm it, rest a step on it."""

from django.db import migrations

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("assistance", "0010_visit")]

    operations = [
        rows.protect("assistance_visit", rights="SELECT, INSERT, UPDATE"),
        keep_history("assistance_visit"),
    ]
