"""The web may read what part of the province the register holds; every page says so."""

from django.db import migrations

from minzheng.core.access import rows


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [rows.open("indicators_sample")]
