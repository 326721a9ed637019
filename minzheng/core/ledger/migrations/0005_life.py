"""Payments know which life of the database they belong to; in any other life nothing is ordered and no file is cut."""

import django.db.models.functions.datetime
from django.db import migrations, models

from minzheng.core.access.rows import RUNTIME

# A restore to a point in time ends in a new timeline, a dump goes into another system: neither is the life that was
# opened. pg_walfile_name tells the timeline that is written now; the control file learns of it only at a checkpoint.
LIFE = """
CREATE FUNCTION ledger_life_now(OUT system text, OUT timeline integer) LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT system_identifier::text, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
      FROM pg_control_system()
$$;
CREATE FUNCTION ledger_lock_reason() RETURNS text LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
    SELECT CASE WHEN l.kind = 'locked' THEN l.reason
                WHEN (l.system, l.timeline) IS DISTINCT FROM (n.system, n.timeline)
                THEN '数据库是从备份恢复或切换而来的，恢复点之后的支付在银行可能已经付出'
           END
      FROM (SELECT * FROM ledger_life ORDER BY id DESC LIMIT 1) l, ledger_life_now() n
$$;
CREATE FUNCTION ledger_refuse_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ledger_lock_reason() IS NOT NULL
       AND (current_user = '%(runtime)s' OR current_setting('minzheng.adopting', true) IS DISTINCT FROM 'on') THEN
        RAISE integrity_constraint_violation USING MESSAGE = '支付已锁定', CONSTRAINT = 'payments_locked',
            TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_locked AFTER INSERT OR UPDATE OF account ON ledger_instruction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_locked();
CREATE TRIGGER payments_locked AFTER INSERT ON ledger_bankfile
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_locked();
CREATE TRIGGER life_kept BEFORE UPDATE OR DELETE ON ledger_life
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_refuse('数据库的来历只增不改');
INSERT INTO ledger_life (kind, system, timeline, reason, by, evidence)
    SELECT 'opened', system, timeline, '', '', '{}' FROM ledger_life_now();
""" % {"runtime": RUNTIME}

UNDO = """
DROP TRIGGER life_kept ON ledger_life;
DROP TRIGGER payments_locked ON ledger_bankfile;
DROP TRIGGER payments_locked ON ledger_instruction;
DROP FUNCTION ledger_refuse_locked;
DROP FUNCTION ledger_lock_reason;
DROP FUNCTION ledger_life_now;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_history")]

    operations = [
        migrations.CreateModel(
            name="Life",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("system", models.CharField(max_length=20)),
                ("timeline", models.IntegerField()),
                ("reason", models.TextField(default="")),
                ("by", models.CharField(max_length=64, default="")),
                ("evidence", models.JSONField(default=dict)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind", "opened"), models.Q(("kind", "locked"), models.Q(("reason", ""), _negated=True)), _connector="OR"),
                        name="life_kind",
                    )
                ]
            },
        ),
        migrations.RunSQL(LIFE, UNDO),
    ]
