"""Who stands in for whom is kept as posts are."""

from django.db import migrations

from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_bulk_updates"), ("access", "0004_appointing")]
    operations = [keep_history("access_substitution")]
