"""When the sample was made; of one that is there already, the first run's instant, which its bank folder bears."""

from django.db import migrations, models
from django.db.models.functions import Now

MADE = """
DO $$ BEGIN
    IF to_regclass('public.benefits_run') IS NOT NULL THEN
        UPDATE indicators_sample s SET made_at = coalesce((SELECT min(r.started_at) FROM benefits_run r), s.made_at);
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_rights")]

    operations = [
        migrations.AddField("sample", "made_at", models.DateTimeField(db_default=Now())),
        migrations.RunSQL(MADE, migrations.RunSQL.noop),
    ]
