"""What the web may do with these tables, within its scope."""

from django.db import migrations

from minzheng.core.access import rows


class Migration(migrations.Migration):
    dependencies = [("benefits", "0002_guards")]

    operations = [
        rows.open("benefits_run"),
        rows.open("benefits_progress"),
        rows.protect("benefits_determination", rights="SELECT"),
        rows.protect("benefits_change", rights="SELECT, UPDATE"),
        rows.protect("benefits_decision", rights="SELECT, INSERT"),
        rows.protect("benefits_entitlement", rights="SELECT, INSERT, UPDATE"),
        rows.protect("benefits_entitlementperson", rights="SELECT, INSERT"),
        rows.protect("benefits_plan", rights="SELECT, UPDATE"),
        rows.protect("benefits_planedit", rights="SELECT, INSERT"),
        rows.protect("benefits_planapproval", rights="SELECT, INSERT"),
        rows.protect("benefits_dueline", rights="SELECT, UPDATE"),
        rows.protect("benefits_coverage", rights="SELECT"),
        rows.protect("benefits_finding", rights="SELECT, INSERT, UPDATE"),
    ]
