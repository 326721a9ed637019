"""Row history of what people decide. What the engine makes in bulk is one entry a statement; determinations,
changes and due lines are their own history (a change names who decided it, a due line moves once, with its reason).
"""

from django.db import migrations

from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("benefits", "0003_rights"), ("audit", "0002_rights")]

    operations = [
        keep_history("benefits_decision", inserts="statement"),
        keep_history("benefits_entitlement", inserts="statement"),
        keep_history("benefits_plan"),
        keep_history("benefits_planedit"),
        keep_history("benefits_planapproval"),
        keep_history("benefits_finding", inserts="statement"),
    ]
