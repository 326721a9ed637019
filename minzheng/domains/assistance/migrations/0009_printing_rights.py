"""What the web may do with printings within its scope: keep one, never change it."""

from django.db import migrations

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("assistance", "0008_printing")]

    operations = [
        rows.protect("assistance_printing", rights="SELECT, INSERT"),
        keep_history("assistance_printing"),
    ]
