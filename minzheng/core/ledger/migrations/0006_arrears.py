"""A due line is ordered once, be it regular or in arrears."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_life"), ("benefits", "0007_revisions")]

    operations = [
        migrations.RemoveConstraint("instruction", "instruction_one_regular"),
        migrations.AddConstraint(
            "instruction",
            models.UniqueConstraint(
                name="instruction_one_regular",
                fields=["due_line"],
                condition=models.Q(kind__in=["regular", "arrears"]),
            ),
        ),
    ]
