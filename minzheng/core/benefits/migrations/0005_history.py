"""Row history of changes and due lines: both are settled or taken out by people. Bulk insertions are one entry."""

from django.db import migrations

from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("benefits", "0004_history"), ("audit", "0003_names")]

    operations = [
        keep_history("benefits_change", inserts="statement"),
        keep_history("benefits_dueline", inserts="statement"),
    ]
