"""What the web may do with ratings within its scope: give one, never change it."""

from django.db import migrations

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("assistance", "0006_obligors_rating")]

    operations = [
        rows.protect("assistance_rating", rights="SELECT, INSERT"),
        keep_history("assistance_rating"),
    ]
