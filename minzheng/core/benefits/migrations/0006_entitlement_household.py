"""What a household got before is asked by household: for its page, and for each that took work."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("benefits", "0005_history")]

    operations = [
        migrations.AddIndex(
            model_name="entitlement",
            index=models.Index(fields=["household"], name="entitlement_household"),
        ),
    ]
