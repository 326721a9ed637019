"""Seals over history and access log: a table that the engine may only add to, and triggers that are always on."""

import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

from minzheng.core.access.rows import ENGINE, RUNTIME
from minzheng.core.audit.models import CurrentTransaction

RIGHTS = f"""
REVOKE ALL ON audit_seal FROM {RUNTIME}, {ENGINE};
GRANT SELECT, INSERT ON audit_seal TO {ENGINE};
"""
ALWAYS = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT tgrelid::regclass AS place, tgname FROM pg_trigger
        WHERE tgfoid = 'audit_keep_history()'::regprocedure AND tgenabled <> 'A'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', found.place, found.tgname);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_names")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("after", models.BigIntegerField()),
                ("upto", models.BigIntegerField()),
                ("entries", models.BigIntegerField()),
                ("marks", models.BinaryField()),
                ("guard", models.TextField()),
                ("digest", models.BinaryField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddField(
            model_name="accesslog",
            name="transaction",
            field=models.BigIntegerField(db_default=CurrentTransaction()),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["transaction"], name="access_log_transaction"
            ),
        ),
        migrations.AddIndex(
            model_name="history",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["transaction"], name="history_transaction"
            ),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(ALWAYS, migrations.RunSQL.noop),
    ]
