"""Row security of the register: the web sees its own area and deletes nothing."""

from django.db import migrations

from minzheng.core.access import rows

TABLES = (
    "person", "sourcekey", "household", "membership", "residence", "hukou", "incomeitem", "asset", "disability",
    "condition", "enrolment", "absence", "employment", "obligor", "death", "account",
)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("access", "0001_initial")]

    operations = [rows.protect(f"people_{table}", rights="SELECT, INSERT, UPDATE") for table in TABLES]
