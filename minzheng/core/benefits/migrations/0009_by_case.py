"""An event of a case carries one decision at most."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("benefits", "0008_findings_settled")]
    operations = [
        migrations.RunSQL(
            "CREATE UNIQUE INDEX decision_once_a_case_event ON benefits_decision"
            " ((basis ->> 'case'), (basis ->> 'event')) WHERE basis ? 'case'",
            "DROP INDEX decision_once_a_case_event",
        )
    ]
