"""A finding is settled by somebody, at a time, for a reason; what it says and how it was settled stay."""

from django.db import migrations, models

from minzheng.core.access.rows import RUNTIME

BEFORE = """
UPDATE benefits_finding SET settled_at = at, settled_reason = '已由系统办结' WHERE state = 'settled';
"""

GUARD = """
CREATE FUNCTION benefits_finding_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.identity, NEW.text, NEW.area, NEW.at)
       IS DISTINCT FROM (OLD.kind, OLD.identity, OLD.text, OLD.area, OLD.at)
       OR NEW.state = 'settled' AND NEW.evidence IS DISTINCT FROM OLD.evidence THEN
        RAISE integrity_constraint_violation USING MESSAGE = '核对事项的内容不能改动', CONSTRAINT = 'finding_still';
    END IF;
    -- The same trouble found again opens it again; the history keeps who had settled it.
    IF OLD.state = 'settled' AND NEW.state = 'settled' THEN
        RAISE integrity_constraint_violation USING MESSAGE = '已办结的核对事项不能改动', CONSTRAINT = 'finding_settled_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_step BEFORE UPDATE ON benefits_finding
    FOR EACH ROW EXECUTE FUNCTION benefits_finding_step();
"""

UNGUARD = "DROP TRIGGER finding_step ON benefits_finding; DROP FUNCTION benefits_finding_step();"

NARROW = f"""
REVOKE UPDATE ON benefits_finding FROM {RUNTIME};
GRANT UPDATE (state, settled_by, settled_at, settled_reason) ON benefits_finding TO {RUNTIME};
"""

WIDEN = f"GRANT UPDATE ON benefits_finding TO {RUNTIME};"


class Migration(migrations.Migration):
    dependencies = [("benefits", "0007_revisions")]

    operations = [
        migrations.AddField("finding", "settled_by", models.CharField(default="", db_default="", max_length=64)),
        migrations.AddField("finding", "settled_at", models.DateTimeField(null=True)),
        migrations.AddField("finding", "settled_reason", models.TextField(default="", db_default="")),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "finding",
            models.CheckConstraint(
                name="finding_settled_why",
                condition=models.Q(state="open", settled_at__isnull=True, settled_by="", settled_reason="")
                | models.Q(state="settled", settled_at__isnull=False) & ~models.Q(settled_reason=""),
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(NARROW, WIDEN),
    ]
