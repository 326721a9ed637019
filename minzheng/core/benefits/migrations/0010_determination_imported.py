"""A determination that came with the register belongs to no run."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("benefits", "0009_by_case")]
    operations = [
        migrations.AlterField(
            model_name="determination",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="benefits.run",
            ),
        )
    ]
