"""Row history of the register. A bulk load is one entry a statement; cipher texts are not copied into history."""

from django.db import migrations

from minzheng.core.audit.rows import keep_history

FACTS = (
    "sourcekey", "household", "membership", "residence", "hukou", "incomeitem", "asset", "disability", "condition",
    "enrolment", "absence", "employment", "obligor", "death",
)


class Migration(migrations.Migration):
    dependencies = [("people", "0003_obligor_survey"), ("audit", "0002_rights")]

    operations = [
        keep_history("people_person", inserts="statement", omit=("number_cipher", "bigrams")),
        keep_history("people_account", inserts="statement", omit=("number_cipher",)),
        *(keep_history(f"people_{table}", inserts="statement") for table in FACTS),
    ]
