"""What the web may do with temporary aid; payments and reserves are only added, and none goes below nothing."""

from django.db import migrations

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history

GUARD = """
CREATE FUNCTION assistance_reserve_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7007, (NEW.area / 1000)::int);
    IF (SELECT coalesce(sum(amount), 0) FROM assistance_reserve WHERE area = NEW.area) + NEW.amount < 0 THEN
        RAISE integrity_constraint_violation USING MESSAGE = '乡镇备用金不够', CONSTRAINT = 'reserve_covers';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reserve_covers BEFORE INSERT ON assistance_reserve
    FOR EACH ROW EXECUTE FUNCTION assistance_reserve_covers();
CREATE TRIGGER reserve_kept BEFORE UPDATE OR DELETE ON assistance_reserve
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('备用金的账只能另记，不能改动');
CREATE TRIGGER aid_payment_kept BEFORE UPDATE OR DELETE ON assistance_aidpayment
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('付款记录不能改动');
"""
UNDO = """
DROP TRIGGER aid_payment_kept ON assistance_aidpayment;
DROP TRIGGER reserve_kept ON assistance_reserve;
DROP TRIGGER reserve_covers ON assistance_reserve;
DROP FUNCTION assistance_reserve_covers;
"""


class Migration(migrations.Migration):
    dependencies = [("assistance", "0012_aid"), ("benefits", "0002_guards")]

    operations = [
        rows.protect("assistance_aid", rights="SELECT, INSERT, UPDATE"),
        rows.protect("assistance_aidpayment", rights="SELECT, INSERT"),
        rows.protect("assistance_reserve", rights="SELECT, INSERT"),
        keep_history("assistance_aid"),
        keep_history("assistance_aidpayment"),
        keep_history("assistance_reserve"),
        migrations.RunSQL(GUARD, UNDO),
    ]
