"""Postings are append-only and every entry balances; instructions and attempts keep what they say."""

from django.db import migrations

POSTINGS = """
CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh GROUP BY entry_id HAVING sum(debit) <> sum(credit)) THEN
        RAISE integrity_constraint_violation USING MESSAGE = '分录借贷不平', CONSTRAINT = 'posting_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_balanced AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_balanced();
CREATE TRIGGER posting_kept BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('分录只增不改');
CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('记账凭证只增不改');
CREATE TRIGGER answer_kept BEFORE UPDATE OR DELETE ON ledger_answer
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('银行回盘登记只增不改');
"""

PAYMENTS = """
CREATE TRIGGER instruction_still BEFORE UPDATE ON ledger_instruction FOR EACH ROW
    WHEN ((OLD.payee, OLD.run_id, OLD.kind, OLD.sequence, OLD.due_line_id, OLD.reissue_of_id, OLD.month, OLD.programme,
           OLD.amount, OLD.area)
          IS DISTINCT FROM
          (NEW.payee, NEW.run_id, NEW.kind, NEW.sequence, NEW.due_line_id, NEW.reissue_of_id, NEW.month, NEW.programme,
           NEW.amount, NEW.area)
          OR OLD.state <> 'ready' AND (OLD.account, OLD.bank) IS DISTINCT FROM (NEW.account, NEW.bank))
    EXECUTE FUNCTION benefits_refuse('支付指令的对象、金额和账户不能改动');
CREATE TRIGGER instruction_step BEFORE UPDATE ON ledger_instruction FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
          (('ready', 'filed'), ('ready', 'withheld'), ('filed', 'paid'), ('filed', 'failed')))
    EXECUTE FUNCTION benefits_refuse('支付指令的状态不能这样改变');
CREATE TRIGGER instruction_kept BEFORE DELETE ON ledger_instruction
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('支付指令不能删除');
CREATE TRIGGER attempt_answered_once BEFORE UPDATE ON ledger_attempt FOR EACH ROW
    WHEN (OLD.code <> '' OR (OLD.file_id, OLD.line, OLD.instruction_id, OLD.amount)
          IS DISTINCT FROM (NEW.file_id, NEW.line, NEW.instruction_id, NEW.amount))
    EXECUTE FUNCTION benefits_refuse('银行文件的行只能回盘一次，其他内容不能改动');
CREATE TRIGGER attempt_kept BEFORE DELETE ON ledger_attempt
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('银行文件的行不能删除');
CREATE TRIGGER bank_file_still BEFORE UPDATE ON ledger_bankfile FOR EACH ROW
    WHEN ((OLD.identity, OLD.run_id, OLD.month, OLD.county, OLD.bank, OLD.sequence, OLD.count, OLD.total, OLD.cut_at)
          IS DISTINCT FROM
          (NEW.identity, NEW.run_id, NEW.month, NEW.county, NEW.bank, NEW.sequence, NEW.count, NEW.total, NEW.cut_at)
          OR OLD.digest NOT IN ('', NEW.digest)
          OR OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
          (('cut', 'written'), ('written', 'acked'), ('written', 'refused'), ('written', 'answered'),
           ('refused', 'acked'), ('acked', 'answered')))
    EXECUTE FUNCTION benefits_refuse('银行文件的内容不能改动，状态不能这样改变');
CREATE TRIGGER bank_file_kept BEFORE DELETE ON ledger_bankfile
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('银行文件不能删除');
"""

UNDO = """
DROP TRIGGER bank_file_kept ON ledger_bankfile;
DROP TRIGGER bank_file_still ON ledger_bankfile;
DROP TRIGGER attempt_kept ON ledger_attempt;
DROP TRIGGER attempt_answered_once ON ledger_attempt;
DROP TRIGGER instruction_kept ON ledger_instruction;
DROP TRIGGER instruction_step ON ledger_instruction;
DROP TRIGGER instruction_still ON ledger_instruction;
DROP TRIGGER answer_kept ON ledger_answer;
DROP TRIGGER entry_kept ON ledger_entry;
DROP TRIGGER posting_kept ON ledger_posting;
DROP TRIGGER posting_balanced ON ledger_posting;
DROP FUNCTION ledger_balanced;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("benefits", "0002_guards")]

    operations = [migrations.RunSQL(POSTINGS + PAYMENTS, UNDO)]
