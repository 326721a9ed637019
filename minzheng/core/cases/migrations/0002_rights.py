"""Numbers of cases; what the web may do with these tables within its scope; what stays as it was written."""

from django.db import migrations

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history

NUMBER = "CREATE SEQUENCE cases_number; GRANT USAGE ON SEQUENCE cases_number TO {runtime}, {engine};".format(
    runtime=rows.RUNTIME, engine=rows.ENGINE
)
KEPT = """
CREATE FUNCTION cases_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
END $$;
CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON cases_event
    FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse('案件的办理记录只增不改');
CREATE TRIGGER pause_kept BEFORE UPDATE ON cases_pause FOR EACH ROW
    WHEN (OLD.until IS NOT NULL OR (OLD.case_id, OLD.since, OLD.missing, OLD.area)
          IS DISTINCT FROM (NEW.case_id, NEW.since, NEW.missing, NEW.area))
    EXECUTE FUNCTION cases_refuse('补正暂停只能结束一次，其他内容不能改动');
CREATE TRIGGER case_still BEFORE UPDATE ON cases_case FOR EACH ROW
    WHEN ((OLD.procedure, OLD.number, OLD.area, OLD.channel, OLD.opened_by, OLD.opened_on)
          IS DISTINCT FROM (NEW.procedure, NEW.number, NEW.area, NEW.channel, NEW.opened_by, NEW.opened_on)
          OR NEW.version < OLD.version OR OLD.closed_on IS NOT NULL AND NEW.state <> OLD.state)
    EXECUTE FUNCTION cases_refuse('案件的编号、属地和来源不能改动，办结后不能再改状态');
"""
UNDO = """
DROP TRIGGER case_still ON cases_case; DROP TRIGGER pause_kept ON cases_pause;
DROP TRIGGER event_kept ON cases_event; DROP FUNCTION cases_refuse();
"""
CHANGING = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("audit", "0002_rights")]

    operations = [
        migrations.RunSQL(NUMBER, "DROP SEQUENCE cases_number"),
        migrations.RunSQL(KEPT, UNDO),
        rows.protect("cases_case", rights=CHANGING),
        rows.protect("cases_event", rights="SELECT, INSERT"),
        rows.protect("cases_pause", rights=CHANGING),
        rows.protect("cases_involved", rights="SELECT, INSERT"),
        rows.protect("cases_draft", rights=CHANGING),
        rows.protect("cases_objection", rights=CHANGING),
        rows.protect("cases_publicity", rights=CHANGING),
        keep_history("cases_case"),
        keep_history("cases_objection", omit=("phone_cipher",)),
        keep_history("cases_publicity"),
    ]
