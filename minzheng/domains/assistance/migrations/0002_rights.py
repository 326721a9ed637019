"""What the web may do with these tables within its scope, and their history (never with a number in it)."""

from django.db import migrations

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history

CHANGING = "SELECT, INSERT, UPDATE"
CIPHERS = ("address_cipher", "phone_cipher", "account_cipher")


class Migration(migrations.Migration):
    dependencies = [("assistance", "0001_initial"), ("audit", "0002_rights"), ("cases", "0002_rights")]

    operations = [
        rows.protect("assistance_application", rights=CHANGING),
        rows.protect("assistance_member", rights=CHANGING),
        rows.protect("assistance_declaredincome", rights=CHANGING),
        rows.protect("assistance_declaredasset", rights=CHANGING),
        keep_history("assistance_application", omit=CIPHERS),
        keep_history("assistance_member", omit=("number_cipher", "number_index")),
        keep_history("assistance_declaredincome"),
        keep_history("assistance_declaredasset"),
    ]
