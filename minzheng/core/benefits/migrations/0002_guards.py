"""What a check cannot say: lines of a frozen plan stand still, and two different natural persons approve it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION benefits_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE integrity_constraint_violation
        USING MESSAGE = format('%s：%s', TG_TABLE_NAME, TG_ARGV[0]), CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;
"""

PLAN = """
CREATE FUNCTION benefits_plan_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    approvals integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' OR EXISTS (SELECT FROM benefits_dueline WHERE plan_id = OLD.id) THEN
            RAISE integrity_constraint_violation USING MESSAGE = '计划已有明细或已冻结，不能删除', CONSTRAINT = 'plan_kept';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'frozen'), ('frozen', 'approved_once'), ('approved_once', 'approved'),
        ('approved', 'instructed'), ('instructed', 'closed')) THEN
        RAISE integrity_constraint_violation USING
            MESSAGE = format('计划不能由“%s”到“%s”', OLD.state, NEW.state), CONSTRAINT = 'plan_step';
    END IF;
    IF (NEW.month, NEW.area, NEW.sequence, NEW.run_id) IS DISTINCT FROM (OLD.month, OLD.area, OLD.sequence, OLD.run_id)
       OR OLD.state <> 'draft' AND (NEW.lines, NEW.total, NEW.digest) IS DISTINCT FROM (OLD.lines, OLD.total, OLD.digest)
    THEN
        RAISE integrity_constraint_violation USING MESSAGE = '计划冻结后不能改动', CONSTRAINT = 'plan_still';
    END IF;
    IF NEW.state IN ('approved_once', 'approved') AND NEW.state <> OLD.state THEN
        SELECT count(DISTINCT natural_person) INTO approvals FROM benefits_planapproval
         WHERE plan_id = NEW.id AND digest = NEW.digest;
        IF approvals < (CASE NEW.state WHEN 'approved' THEN 2 ELSE 1 END) THEN
            RAISE integrity_constraint_violation USING
                MESSAGE = '计划须由两名不同的自然人批准', CONSTRAINT = 'plan_two_persons';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_step BEFORE UPDATE OR DELETE ON benefits_plan
    FOR EACH ROW EXECUTE FUNCTION benefits_plan_step();
"""

APPROVAL = """
CREATE FUNCTION benefits_plan_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM benefits_plan WHERE id = NEW.plan_id AND digest = NEW.digest
                   AND state = CASE NEW.step WHEN 1 THEN 'frozen' ELSE 'approved_once' END) THEN
        RAISE integrity_constraint_violation USING
            MESSAGE = '计划不在待批准状态，或内容已不是所批准的内容', CONSTRAINT = 'plan_approval_of_this';
    END IF;
    IF EXISTS (SELECT FROM benefits_planedit WHERE plan_id = NEW.plan_id AND natural_person = NEW.natural_person) THEN
        RAISE integrity_constraint_violation USING
            MESSAGE = '改动过计划的人不能批准它', CONSTRAINT = 'plan_approval_not_editor';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_approval BEFORE INSERT ON benefits_planapproval
    FOR EACH ROW EXECUTE FUNCTION benefits_plan_approval();
CREATE TRIGGER plan_approval_kept BEFORE UPDATE OR DELETE ON benefits_planapproval
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('批准记录不能改动');
CREATE TRIGGER plan_edit_kept BEFORE UPDATE OR DELETE ON benefits_planedit
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('改动记录不能改动');
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE ON benefits_decision
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('决定不能改动，只能另作决定');
"""

LINES = """
CREATE FUNCTION benefits_due_line_in_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT plan_id FROM fresh) f JOIN benefits_plan p ON p.id = f.plan_id
               WHERE p.state <> 'draft') THEN
        RAISE integrity_constraint_violation USING
            MESSAGE = '计划已冻结，不能再加明细', CONSTRAINT = 'due_line_in_draft';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER due_line_in_draft AFTER INSERT ON benefits_dueline REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_due_line_in_draft();
CREATE TRIGGER due_line_still BEFORE UPDATE ON benefits_dueline FOR EACH ROW
    WHEN (OLD.state <> 'due'
          OR (OLD.entitlement_id, OLD.month, OLD.revision, OLD.plan_id, OLD.payee, OLD.amount, OLD.programme, OLD.area)
             IS DISTINCT FROM
             (NEW.entitlement_id, NEW.month, NEW.revision, NEW.plan_id, NEW.payee, NEW.amount, NEW.programme, NEW.area))
    EXECUTE FUNCTION benefits_refuse('应发明细只能由应发改为停发，不能改动其他内容');
CREATE TRIGGER due_line_kept BEFORE DELETE ON benefits_dueline
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('应发明细不能删除');
"""

UNDO = """
DROP TRIGGER due_line_kept ON benefits_dueline;
DROP TRIGGER due_line_still ON benefits_dueline;
DROP TRIGGER due_line_in_draft ON benefits_dueline;
DROP TRIGGER decision_kept ON benefits_decision;
DROP TRIGGER plan_edit_kept ON benefits_planedit;
DROP TRIGGER plan_approval_kept ON benefits_planapproval;
DROP TRIGGER plan_approval ON benefits_planapproval;
DROP TRIGGER plan_step ON benefits_plan;
DROP FUNCTION benefits_due_line_in_draft, benefits_plan_approval, benefits_plan_step, benefits_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE + PLAN + APPROVAL + LINES, UNDO)]
